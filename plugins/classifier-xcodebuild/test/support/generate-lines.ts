/** A small, fast, seeded generator: the same seed gives the same lines everywhere. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }

  chance(percent: number): boolean {
    return this.below(100) < percent
  }

  pick<T>(from: readonly T[]): T {
    const value = from[this.below(from.length)]
    if (value === undefined) throw new Error('nothing to pick from')
    return value
  }
}

const SAFE = [
  'test',
  'App',
  '-scheme',
  'a-b',
  'x_y',
  '1',
  '22',
  'k=v',
  'a:b',
  'p/q',
  '@x',
  '%',
  '+1',
  ',',
  '.',
  '..',
  '-',
  '--',
  'ARCHS=arm64',
  'a,b=c',
  'é',
]
const STRANGE = [
  '$',
  '$X',
  '${X}',
  '$(ok)',
  '`ok`',
  '\\',
  '\\n',
  '\\"',
  "\\'",
  '\\$',
  '*',
  '?',
  '[a]',
  '{a,b}',
  '~',
  '=eqx',
  '#',
  '!',
  '!!',
  '^',
  '(',
  ')',
  '<',
  '>',
  '&',
  '|',
  ';',
  "'",
  '"',
  '""',
  "''",
  "$'a'",
  '$"a"',
  '\r',
  '\u00a0',
  '\u2028',
  '\u200b',
  '\v',
  '\f',
  '\u0001',
  '\u007f',
  '==',
  ':=',
  '[sdk=*]',
  '<1-5>',
  '2>&1',
  '2>',
  '1>',
  '12>',
  '&>',
  '>&',
  '~+',
  '%1',
  '-%',
  '\\\n',
  '\n',
  '\t',
  '()',
  '{}',
  '[',
  ']',
  '}',
  '{',
  '＝',
  '；',
  '−',
  '‘',
  '|&',
  '<<',
  '<<<',
  '<(',
  '>(',
  '>!',
  '>|',
  '&|',
  '&!',
  '@(a)',
  '!(a)',
  '**',
  '(#i)a',
]
const QUOTED = [
  'a b',
  'iPhone 16',
  '$X',
  '*',
  '~',
  '=eqx',
  '#',
  ';',
  '&&',
  '(x)',
  '[y]',
  '{a,b}',
  'é',
  '日本',
  '\t',
  '`',
  '\\',
  '!',
  '',
  'a=b',
  'it',
]
const TARGETS = ['out.txt', '/dev/null', 'a-b', "'x y'", '$X', '&1', '&2', '&-', '1', '9', '=eqx', '(ok)', '']

/** One word: mostly plain, sometimes quoted, joined or strange. `wild` is the chance in percent of something strange. */
function word(random: Random, wild: number): string {
  let text = ''
  const parts = 1 + (random.chance(30) ? random.below(3) : 0)
  for (let part = 0; part < parts; part++) {
    const kind = random.below(100)
    if (kind < wild) text += random.pick(STRANGE)
    else if (kind < wild + 15) text += `'${random.pick(QUOTED)}'`
    else if (kind < wild + 30) text += `"${random.pick(QUOTED).replaceAll(/[$`\\!"]/g, (char) => (random.chance(wild) ? char : '_'))}"`
    else if (kind < wild + 36) text += 'a\\ b'
    else if (kind < wild + 38) text += 'a\\\nb'
    else text += random.pick(SAFE)
  }
  return text
}

function blank(random: Random): string {
  return random.chance(85) ? ' ' : random.pick(['  ', '\t', ' \\\n', '\\\n ', ' \\\n\t', ' \t '])
}

function redirection(random: Random, wild: number): string {
  if (random.chance(70))
    return random.pick([
      '2>&1',
      '>out.txt',
      '> out.txt',
      '2> err.txt',
      '>>out.txt',
      '2>>err.txt',
      '&>all.txt',
      '&> all.txt',
      '1>&2',
      '2>&-',
      '>|out.txt',
      '</dev/null',
      '< /dev/null',
    ])
  return `${random.pick(['', '2', '1', '22', 'a'])}${random.pick(['>', '>>', '<', '&>', '>&', '<&', '<<', '<<<', '&>>'])}${random.chance(30) ? ' ' : ''}${random.chance(wild) ? random.pick(STRANGE) : random.pick(TARGETS)}`
}

const TAME_BEFORE = [
  'ok',
  'ok a b',
  "ok 'x y'",
  'set -e',
  'set -o pipefail',
  'set -euo pipefail',
  'set -eux -o pipefail',
  'ok | ok',
  'ok > out.txt',
  'no || ok',
  'true',
  'echo hi',
]
const BEFORE = [
  ...TAME_BEFORE,
  '',
  'FOO_BAR=x',
  'export FOO_BAR=x',
  'alias xcodebuild=eqx',
  '!',
  'if ok',
  '{',
  '(',
  'then',
  '#c',
  'cd',
  'cd -',
  'cd sub sub',
  'cd +1',
  'set +e',
  'set -f',
  'set a b',
  'set',
]
const JOINTS = [' && ', '; ', '\n', ' &&\n', ';', '\n\n', ';\n', ' \\\n && ']
const PREFIX = [
  'env ',
  'time ',
  'xcrun ',
  'arch -arm64 ',
  'NSUnbufferedIO=YES ',
  'CI=1 ',
  "FOO_BAR='a b' ",
  'FOO_BAR="x" QUX=2 ',
  'env CI=1 ',
  'FOO_BAR= ',
  'time CI=1 ',
  'env NSUnbufferedIO=YES xcrun ',
  'arch -arm64 env QUX=1 ',
  'QUX=a:b ',
  'QUX==eqx ',
  'QUX=a:=eqx ',
  "'QUX'=1 ",
  'QU\\\nX=1 ',
  'QUX+=1 ',
  'exec ',
  'command ',
  'env -i ',
  'builtin ',
  'nocorrect ',
  '- ',
  'time -p ',
  'QUX=~ ',
  'env "QUX=a b" ',
  '>x ',
  '2>&1 ',
]
const AFTER = [
  '',
  '',
  '',
  '\n',
  ';',
  ' | xcpretty',
  ' 2>&1 | xcbeautify',
  ' | tee log.txt',
  ' && ok',
  ' || ok',
  ' ; ok $X',
  '\nok',
  ' | xcbeautify && ok',
  ' |& cat',
  ' && { ok; }',
  ' || (ok)',
  '; ok &',
  '; if ok; then ok; fi',
  ' | while read l; do ok; done',
  ' &',
  ' &&',
  ' )',
  '; }',
  ' && "',
  ' # c',
  ' <<X\nX',
  ' | "$(ok)"',
  '\n)',
  ' && ok > =x',
]

/** A line around the word `xcodebuild`, from tame to hostile. */
export function generateLine(random: Random): string {
  const wild = random.pick([10, 20, 35, 50, 70])
  let line = ''
  if (random.chance(25)) line += random.pick(['\n', ' ', '\t', '\\\n', '\n\n', ''])
  if (random.chance(15))
    line += `cd ${random.pick(['sub', 'sub/deep', './sub', "'s'ub", '"sub/deep"', 'sub/', 'sub/../sub'])}${random.pick(JOINTS)}`
  while (random.chance(25)) line += random.pick(wild > 0 ? BEFORE : TAME_BEFORE) + random.pick(JOINTS)
  if (random.chance(wild)) line += random.pick(['no || ', 'ok & ', 'ok | ', 'ok || ', '& '])
  if (random.chance(30)) line += random.pick(wild > 0 ? PREFIX : PREFIX.slice(0, 14))
  line += random.chance(96)
    ? 'xcodebuild'
    : random.pick([
        "'xcodebuild'",
        'xcode"build"',
        '"xcodebuild"',
        'xcodebuil\\\nd',
        'xcodebuild=x',
        '=xcodebuild',
        '\\xcodebuild',
        '@xcodebuild',
      ])
  const words = random.below(6)
  for (let index = 0; index < words; index++) {
    line += blank(random) + word(random, wild)
    if (random.chance(wild === 0 ? 0 : 4)) line += (random.chance(80) ? ' ' : '') + redirection(random, wild)
  }
  if (random.chance(10)) line += (random.chance(80) ? ' ' : '') + redirection(random, wild)
  return line + random.pick(wild > 0 ? AFTER : AFTER.slice(0, 19))
}

const SCHEMES = ['App', "'App'", '"App"', 'A"pp"', "'My App'", '"My App"', 'My\\ App', '"My"\\ \'App\'']
const OPTIONS = [
  '-quiet',
  '-verbose',
  '-configuration Debug',
  '-configuration "Debug"',
  '-sdk iphonesimulator',
  '-enableCodeCoverage YES',
  "-only-testing:'AppTests/A b'",
  '-only-testing AppTests',
  '-skip-testing:X/Y/z',
  '-destination "platform=iOS Simulator,name=iPhone 16"',
  "-destination 'name=iPhone 16,platform=iOS Simulator,OS=18.2'",
  '-destination platform=iOS\\ Simulator,name=iPhone\\ 16',
  '-destination name=iPhone\\ 16',
  '-testPlan All',
  '-derivedDataPath build/dd',
  '-resultBundlePath ./out.xcresult',
  '-jobs 4',
  'CODE_SIGNING_ALLOWED=NO',
  'CODE_SIGN_IDENTITY=""',
  "CODE_SIGN_IDENTITY=''",
  'CODE_SIGN_IDENTITY=',
  'ONLY_ACTIVE_ARCH=YES',
  "ARCHS='arm64 x86_64'",
  '-retry-tests-on-failure',
  '-test-iterations 3',
  '-skipMacroValidation',
  '-workspace App.xcworkspace',
  '-workspace ./App.xcworkspace',
  "-workspace 'App.xcworkspace'",
  '-project P.xcodeproj',
  '-target X',
  'archive',
  '-xcconfig a',
  'SYMROOT=x',
  '-foo',
  '-destination id=1',
]

/** A line that a fitting profile accepts more often than not. */
export function generateCommand(random: Random): string {
  let line = random.chance(20)
    ? random.pick(['set -o pipefail && ', 'set -e\n', 'set -eo pipefail; ', 'ok && ', 'echo hi; ', 'set -o pipefail &&\n'])
    : ''
  if (random.chance(30)) line += random.pick(PREFIX.slice(0, 13))
  const parts = [`-scheme${blank(random)}${random.pick(SCHEMES)}`]
  for (let index = random.below(6); index > 0; index--) parts.splice(random.below(parts.length + 1), 0, random.pick(OPTIONS))
  for (const action of random.pick([[], ['build'], ['test'], ['clean', 'test'], ['build-for-testing'], ['clean', 'build', 'test']]))
    parts.splice(random.below(parts.length + 1), 0, action)
  line += `xcodebuild${parts.map((part) => blank(random) + part).join('')}`
  return line + random.pick(AFTER.slice(0, 19))
}

/** Lines of both kinds: mostly anything, every eighth meant to be accepted. */
export function generateLines(seed: number, count: number): readonly string[] {
  const random = new Random(seed)
  return Array.from({length: count}, (_, index) => (index % 8 === 0 ? generateCommand(random) : generateLine(random)))
}
