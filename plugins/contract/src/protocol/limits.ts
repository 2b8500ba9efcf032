/** A line, request or answer, without its `\n`: 1 MiB. */
export const MAX_LINE_BYTES = 1024 * 1024
/** The bytes that follow one request or one answer: 16 MiB. */
export const MAX_CHUNK_BYTES = 16 * 1024 * 1024
/** `SSH_ORIGINAL_COMMAND` longer than this is refused unread: 4 KiB. */
export const MAX_COMMAND_BYTES = 4096
/** Chunks of one upload that may be in flight, and connections that bulk may open. */
export const MAX_IN_FLIGHT = 4
