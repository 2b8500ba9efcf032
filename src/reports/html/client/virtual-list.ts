import {scrollTo, windowOf} from './window-of.ts'

export interface VirtualList {
  /** Draws anew: other rows, or the same ones changed. */
  update(count: number): void
  /** Brings a row into sight and draws it. */
  reveal(row: number, where?: 'near' | 'middle'): void
  /** The drawn element of a row. */
  rowElement(row: number): HTMLElement | null
  rowsPerPage(): number
}

/**
 * Draws only the rows in sight. `body` lies in `viewport`, below a `header` that stays in sight, and takes the height of all rows; the drawn
 * ones are moved to their place. All rows have one height, which the style sheet gives as `--row` on the viewport. Rows never hold the focus.
 */
export function createVirtualList(
  viewport: HTMLElement,
  body: HTMLElement,
  header: HTMLElement | null,
  drawRow: (row: number) => HTMLElement,
): VirtualList {
  let count = 0
  let drawn = new Map<number, HTMLElement>()
  let scheduled = false

  const rowHeight = (): number => Number.parseFloat(getComputedStyle(viewport).getPropertyValue('--row')) || 32
  const room = (): number => viewport.clientHeight - (header?.offsetHeight ?? 0)

  const draw = (anew: boolean): void => {
    const height = rowHeight()
    const {first, end} = windowOf(viewport.scrollTop, room(), height, count)
    const next = new Map<number, HTMLElement>()
    for (let row = first; row < end; row++) next.set(row, (anew ? undefined : drawn.get(row)) ?? drawRow(row))
    for (const [row, element] of drawn) if (next.get(row) !== element) element.remove()
    let before = body.firstElementChild
    for (const [row, element] of next) {
      element.style.transform = `translateY(${row * height}px)`
      if (before === element) before = before.nextElementSibling
      else body.insertBefore(element, before)
    }
    drawn = next
  }

  const drawSoon = (): void => {
    if (scheduled) return
    scheduled = true
    requestAnimationFrame(() => {
      scheduled = false
      draw(false)
    })
  }
  viewport.addEventListener('scroll', drawSoon, {passive: true})
  new ResizeObserver(drawSoon).observe(viewport)

  return {
    update(next) {
      count = next
      body.style.height = `${count * rowHeight()}px`
      draw(true)
    },
    reveal(row, where = 'near') {
      const height = rowHeight()
      viewport.scrollTop = where === 'middle' ? Math.max(0, row * height - room() / 2) : scrollTo(row, viewport.scrollTop, room(), height)
      draw(false)
    },
    rowElement: (row) => drawn.get(row) ?? null,
    rowsPerPage: () => Math.max(1, Math.floor(room() / rowHeight()) - 1),
  }
}
