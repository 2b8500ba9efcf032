import type {InterpreterEvent, Phase} from '@rch/contract/events'
import type {Palette} from '../../reports/palette.ts'
import {visible, visibleLines} from '../../reports/visible.ts'
import {placeText, plural, splitPlace} from '../../reports/words.ts'
import {wrapLine} from '../../reports/wrap-line.ts'

/** A terminal that shows a log while it grows: what fails stays, what goes well is one line that changes. */
export interface LivePresenter {
  event(event: InterpreterEvent): void
  end(): void
}

export interface Terminal {
  readonly columns: () => number
  readonly write: (text: string) => void
}

const FRAME_MS = 80
const MAX_STANDING = 30
const DOING: Partial<Readonly<Record<Phase, string>>> = {
  resolve_packages: 'resolving packages',
  build: 'building',
  test: 'testing',
  clean: 'cleaning',
  archive: 'archiving',
  analyze: 'analysing',
  install: 'installing',
  export: 'exporting',
}

export function liveTerminal(terminal: Terminal, paint: Palette): LivePresenter {
  const count = {errors: 0, warnings: 0, passed: 0, failed: 0, skipped: 0}
  const seen = new Set<string>()
  let phase: Phase | null = null
  let item = ''
  let standing = 0
  let shownAt = 0
  let drawn = false

  const clear = (): void => {
    if (drawn) terminal.write('\r\u001b[2K')
    drawn = false
  }
  const stand = (lines: readonly string[]): void => {
    standing += 1
    if (standing > MAX_STANDING) return
    clear()
    terminal.write(`${lines.flatMap((line) => wrapLine(line, terminal.columns())).join('\n')}\n`)
    if (standing === MAX_STANDING) terminal.write(paint.dim('  further failures are counted, and listed at the end\n'))
  }
  const draw = (): void => {
    const now = performance.now()
    if (now - shownAt < FRAME_MS) return
    shownAt = now
    const numbers = [
      ...(count.passed > 0 ? [paint.green(`${count.passed} passed`)] : []),
      ...(count.failed > 0 ? [paint.red(`${count.failed} failed`)] : []),
      ...(count.skipped > 0 ? [`${count.skipped} skipped`] : []),
      ...(count.errors > 0 ? [paint.red(plural(count.errors, 'error'))] : []),
      ...(count.warnings > 0 ? [paint.yellow(plural(count.warnings, 'warning'))] : []),
    ]
    const doing = phase === null ? 'reading' : (DOING[phase] ?? phase)
    const room = Math.max(
      0,
      terminal.columns() - doing.length - 2 - numbers.map((text) => plainLength(text) + 2).reduce((a, b) => a + b, 0) - 4,
    )
    clear()
    terminal.write([paint.bold(doing), ...numbers, paint.dim(fit(item, room))].join('  '))
    drawn = true
  }

  return {
    event(event) {
      switch (event.type) {
        case 'phase_started':
          phase = event.phase
          item = ''
          break
        case 'target_started':
          item = visible(event.target)
          break
        case 'progress':
          if (event.item !== null) item = visible(event.item)
          break
        case 'test_case_started':
          item = visible(event.test.id)
          break
        case 'test_case_passed':
          count.passed += 1
          item = visible(event.test.id)
          break
        case 'test_case_skipped':
          count.skipped += 1
          break
        case 'test_case_failed': {
          count.failed += 1
          const [failure] = event.failures
          const place = failure === undefined ? null : placeText(failure)
          const message = failure === undefined ? (event.crashed ? 'crashed' : '') : (visibleLines(failure.message)[0] ?? '')
          stand([
            `${paint.red('✘')} ${paint.bold(visible(event.test.id))}`,
            ...(place === null && message === '' ? [] : [`  ${place === null ? '' : `${shown(place, paint)}: `}${message}`]),
          ])
          break
        }
        case 'diagnostic': {
          if (seen.has(event.text)) break
          if (seen.size < 100_000) seen.add(event.text)
          if (event.severity === 'warning') count.warnings += 1
          if (event.severity !== 'error') break
          count.errors += 1
          const place = placeText(event)
          stand([`${paint.red('✘')} ${place === null ? '' : `${shown(place, paint)}: `}${visibleLines(event.message)[0] ?? ''}`])
          break
        }
        case 'warning':
          if (event.code === 'test_runner_restarted') stand([`${paint.yellow('▲')} ${visible(event.message)}`])
          break
        case 'phase_completed':
        case 'target_completed':
        case 'test_suite_started':
        case 'test_suite_completed':
        case 'package_resolution':
          break
      }
      draw()
    },
    end: clear,
  }
}

/** Where standard output is no terminal: nothing but a sign of life on standard error while a log is still being written. */
export function quietLife(write: (line: string) => void, everyMs = 30_000): LivePresenter {
  const count = {passed: 0, failed: 0, errors: 0}
  let last = performance.now()
  return {
    event(event) {
      if (event.type === 'test_case_passed') count.passed += 1
      if (event.type === 'test_case_failed') count.failed += 1
      if (event.type === 'diagnostic' && event.severity === 'error') count.errors += 1
      const now = performance.now()
      if (now - last < everyMs) return
      last = now
      write(`interpret: ${count.passed} passed, ${count.failed} failed, ${plural(count.errors, 'error')} so far\n`)
    },
    end: () => undefined,
  }
}

function shown(place: string, paint: Palette): string {
  const [folder, file] = splitPlace(visible(place))
  return `${paint.dim(folder)}${paint.bold(file)}`
}

function fit(text: string, room: number): string {
  const chars = Array.from(text)
  return chars.length <= room ? text : room < 2 ? '' : `…${chars.slice(chars.length - room + 1).join('')}`
}

function plainLength(text: string): number {
  // oxlint-disable-next-line no-control-regex -- colours start with a control character
  return text.replace(/\u001b\[\d+m/g, '').length
}
