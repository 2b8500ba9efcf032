/** How a terminal report paints; the identity where colours are not wanted. */
export interface Palette {
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
}

export function paletteOf(colours: boolean): Palette {
  const paint =
    (open: number, close: number) =>
    (text: string): string =>
      colours && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text
  return {red: paint(31, 39), green: paint(32, 39), yellow: paint(33, 39), bold: paint(1, 22), dim: paint(2, 22)}
}
