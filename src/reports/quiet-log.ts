/** A stream of log reduced to what `xcodebuild -quiet` still prints. */
export interface QuietLog {
  /** What of the bytes so far is to be printed now: whole lines, as they came. */
  push(chunk: Uint8Array): Buffer
  /** What is left when the log has ended without a line's end. */
  end(): Buffer
}

const LF = 10
/** A longer line is judged by its beginning. */
const MAX_HELD = 256 * 1024
/** How many lines may belong to a message: a compiler's excerpt, a test's two values. */
const MAX_MORE = 40

/**
 * Errors, warnings, failed tests and the final verdict of a failure, each with the lines that belong to it. The worker never runs quietly,
 * because a build that says nothing looks idle; whoever asked for quiet gets it here.
 */
export function quietLog(): QuietLog {
  const judge = lineJudge()
  let rest = Buffer.alloc(0)
  /** How the rest of a line is dealt with whose beginning was too long to wait for its end. */
  let midway: boolean | null = null
  const line = (bytes: Buffer, out: Buffer[]): void => {
    if (midway ?? judge(bytes.subarray(0, MAX_HELD).toString())) out.push(bytes)
    midway = null
  }
  return {
    push(chunk) {
      const out: Buffer[] = []
      let bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
      for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF)) {
        line(bytes.subarray(0, end + 1), out)
        bytes = bytes.subarray(end + 1)
      }
      if (bytes.length > MAX_HELD) {
        midway ??= judge(bytes.subarray(0, MAX_HELD).toString())
        if (midway) out.push(bytes)
        bytes = Buffer.alloc(0)
      }
      rest = Buffer.from(bytes)
      return Buffer.concat(out)
    },
    end() {
      const out: Buffer[] = []
      if (rest.length > 0) line(rest, out)
      return Buffer.concat(out)
    },
  }
}

/** Whether one line after the other is printed. */
function lineJudge(): (line: string) => boolean {
  let more = 0
  return (line) => {
    if (SAYS.test(line)) {
      more = MAX_MORE
      return true
    }
    if (more === 0 || line.trim() === '' || GOES_ON.test(line)) {
      more = 0
      return false
    }
    more -= 1
    return true
  }
}

/** Where something begins that a quiet build still says. */
const SAYS =
  /^(?:\S.*: )?(?:fatal error|error|warning|Fatal error): |^(?:\u2718|\u{10083D}|\u{100884}) |^Test [Cc]ase .* failed (?:\(|on |after )|^(?:Testing failed|Failing tests|The following build commands failed):|^\*\* .* (?:FAILED|INTERRUPTED) \*\*/u
/** Where the ordinary course of a build or a test goes on, and so what was said before has ended. */
const GOES_ON =
  /^(?:[A-Z][A-Za-z]+ .*\(in target |Test (?:[Cc]ase|[Ss]uite) |[\u25C7\u2714\u279C] |\d{4}-\d\d-\d\d |note: |\*\* |Testing started|Build settings )/u
