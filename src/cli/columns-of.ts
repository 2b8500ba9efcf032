/** How wide a terminal is; null for a stream that is none, or does not say. */
export function columnsOf(stream: {readonly isTTY?: boolean; readonly columns?: number}): number | null {
  return stream.isTTY === true ? (stream.columns ?? null) : null
}
