export interface RowWindow {
  /** First row to draw. */
  readonly first: number
  /** One past the last. */
  readonly end: number
}

/** Rows that are in sight of a scroll position, and some more on both sides so that scrolling does not show gaps. Lengths in pixels. */
export function windowOf(scrollTop: number, height: number, rowHeight: number, count: number, around = 12): RowWindow {
  if (count <= 0) return {first: 0, end: 0}
  const top = Math.min(Math.max(0, Math.floor(scrollTop / rowHeight)), count - 1)
  const visible = Math.ceil(Math.max(height, rowHeight) / rowHeight) + 1
  return {first: Math.max(0, top - around), end: Math.min(count, top + visible + around)}
}

/** The scroll position that brings a row into sight with the least movement. */
export function scrollTo(row: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = row * rowHeight
  if (top < scrollTop) return top
  if (top + rowHeight > scrollTop + height) return Math.max(0, top + rowHeight - height)
  return scrollTop
}
