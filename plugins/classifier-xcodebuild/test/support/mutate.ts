import {ACTION_WORDS, OPTIONS} from '@rch/contract/kinds/xcodebuild'

/** Lines that the test profile accepts, in every shape. None holds an absolute path: mutants of them run in real shells. */
export const ACCEPTED: readonly string[] = [
  'xcodebuild test -scheme App',
  'xcodebuild -workspace App.xcworkspace -scheme "My App" -destination \'platform=iOS Simulator,name=iPhone 16,OS=18.2\' clean build test',
  'set -o pipefail && env NSUnbufferedIO=YES xcodebuild -scheme App -sdk iphonesimulator build 2>&1 | xcbeautify',
  'CI=1 xcodebuild -scheme App -only-testing:AppTests/Case/test -enableCodeCoverage YES test | xcpretty -c',
  'cd sub && xcodebuild -workspace ../App.xcworkspace -scheme App -derivedDataPath ../build CODE_SIGNING_ALLOWED=NO | tee log.txt',
  "ok; xcrun xcodebuild \\\n  -scheme App \\\n  -testPlan 'All' CODE_SIGN_IDENTITY='' -jobs 4 && ok",
  'xcodebuild -scheme My\\ App -destination name=iPhone\\ 16 -quiet build > out.txt',
]

/** Every character of the shell's, every control, blanks and look-alikes that only look like one, and short constructs. */
export const INSERTIONS: readonly string[] = [
  '|&;<>()$`\\"\'*?[]{}~#!^=%@+:,./-_ \t\n\r0aZ'.split(''),
  Array.from({length: 31}, (_, index) => String.fromCharCode(index + 1)),
  // Controls, blanks and marks that nobody sees, and a lone surrogate.
  [
    '\u007f',
    '\u0080',
    '\u0085',
    '\u009b',
    '\u00a0',
    '\u00ad',
    '\u1680',
    '\u2000',
    '\u2009',
    '\u200b',
    '\u200d',
    '\u200e',
    '\u2028',
    '\u2029',
  ],
  ['\u202e', '\u202f', '\u2060', '\u2066', '\u3000', '\ufeff', '\ud800'],
  // Look-alikes.
  [
    '；',
    '＝',
    '｜',
    '＆',
    '＄',
    '＜',
    '＞',
    '（',
    '）',
    '‘',
    '’',
    '“',
    '”',
    '–',
    '−',
    '‐',
    '﹣',
    'а',
    'е',
    'ѕ',
    'ꓚ',
    'ｓ',
    'é',
    'e\u0301',
    '😀',
  ],
  // Constructs.
  ['$X', '${X}', '$(ok)', '`ok`', '\\\n', '\\ ', '&&', '||', ' && ok', ' || ok', ' ; ok', ' & ', '2>&1', ' > x', ' 2> x ', '<<X', '<<<x'],
  ['<(ok)', '>(ok)', '=eqx', ' =eqx', ' ~', ' #', ' !', '!!', "''", '""', "$'a'", '$"a"', '{a,b}', '[a]', '()', ' ( ', ' ) ', ' { ', ' } '],
  [
    '~+',
    '<1-9>',
    '1>',
    ' 1<2',
    '|&',
    '&>x',
    '&|',
    '@(a)',
    '**',
    '\\\\',
    '\\"',
    "\\'",
    ' -',
    ' --',
    ' -n',
    '==',
    ':=',
    '[sdk=*]',
    ' \n',
    '\n\n',
    '\t\t',
  ],
].flat()

/** Each place of the line with the text inserted. */
export function* mutate(line: string, text: string): Generator<string> {
  for (let at = 0; at <= line.length; at++) yield line.slice(0, at) + text + line.slice(at)
}

/** Everything that the tables refuse, as words. */
export const REFUSED_WORDS: readonly string[] = [
  ...[...OPTIONS].flatMap(([name, row]) => (row.policy === 'refused' ? [row.value === null ? name : `${name} x`] : [])),
  ...[...ACTION_WORDS].flatMap(([word, meaning]) => ('code' in meaning ? [word] : [])),
  '-IDEPackageSupportDisableManifestSandbox=YES',
  '-destination=x',
  '-scheme=App',
  '-exportSomethingNew',
  '-importSomethingNew',
  '-downloadSomethingNew',
  '-newLocalizationThing',
  '-unknown',
  '-',
  '--',
  'OTHER_LDFLAGS=x',
  'UNKNOWN_SETTING=x',
  "'SWIFT_EXEC[sdk=*]=x'",
  'deploy',
  "''",
]
