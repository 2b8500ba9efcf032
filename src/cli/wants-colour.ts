/** Colours go to terminals that want them: `--no-color`, NO_COLOR and TERM=dumb say no, FORCE_COLOR says yes. */
export function wantsColour(stream: {readonly isTTY?: boolean}, flags: {readonly 'no-color'?: boolean}): boolean {
  const {NO_COLOR, FORCE_COLOR, TERM} = process.env
  if (flags['no-color'] === true || (NO_COLOR !== undefined && NO_COLOR !== '')) return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0'
  return stream.isTTY === true && TERM !== 'dumb'
}
