import {existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

/** What a task was made of when it last ran, as llbuild keeps it: absolute paths with their stat data. */
interface TaskRecord {
  readonly signature: string
  readonly inputs: readonly (readonly [path: string, size: number, mtimeNs: string, inode: string])[]
}

/** The incremental state of one DerivedData folder. Lost or unreadable, everything is built anew. */
export class BuildDatabase {
  private readonly file: string
  private readonly fullStat: boolean
  private readonly tasks: Map<string, TaskRecord>

  constructor(derivedData: string, fullStat: boolean) {
    this.file = join(derivedData, 'Build/Intermediates.noindex/XCBuildData/mock-build.json')
    this.fullStat = fullStat
    this.tasks = new Map(readTasks(this.file))
  }

  /** True when `key` last ran with this signature on these very files and its outputs are there. */
  isCurrent(key: string, signature: string, inputs: readonly string[], outputs: readonly string[]): boolean {
    const record = this.tasks.get(key)
    if (record === undefined || record.signature !== signature || record.inputs.length !== inputs.length) return false
    if (!outputs.every((path) => existsSync(path))) return false
    return inputs.every((path, index) => {
      const [before, now] = [record.inputs[index], stat(path)]
      if (before === undefined || before[0] !== now[0] || before[1] !== now[1] || before[2] !== now[2]) return false
      return !this.fullStat || before[3] === now[3]
    })
  }

  /** Notes that `key` ran just now. */
  finished(key: string, signature: string, inputs: readonly string[]): void {
    this.tasks.set(key, {signature, inputs: inputs.map(stat)})
  }

  failed(key: string): void {
    this.tasks.delete(key)
  }

  save(): void {
    mkdirSync(dirname(this.file), {recursive: true})
    const draft = `${this.file}.${process.pid}`
    writeFileSync(draft, JSON.stringify({mock: true, version: 1, tasks: Object.fromEntries(this.tasks)}))
    renameSync(draft, this.file)
  }
}

/** Takes the build folder for this process. False: another live process builds there. */
export function lockBuildFolder(derivedData: string): {release(): void} | undefined {
  const file = join(derivedData, 'Build/Intermediates.noindex/XCBuildData/mock-build.lock')
  mkdirSync(dirname(file), {recursive: true})
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(file, String(process.pid), {flag: 'wx'})
      return {release: () => rmSync(file, {force: true})}
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      if (isAlive(Number(readFileSync(file, 'utf8')))) return undefined
      rmSync(file, {force: true})
    }
  }
  return undefined
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function stat(path: string): readonly [string, number, string, string] {
  const found = statSync(path, {bigint: true, throwIfNoEntry: false})
  if (found === undefined) return [path, -1, '', '']
  return [path, Number(found.size), String(found.mtimeNs), String(found.ino)]
}

function readTasks(file: string): readonly (readonly [string, TaskRecord])[] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return hasTasks(parsed) ? Object.entries(parsed.tasks) : []
  } catch {
    return []
  }
}

function hasTasks(value: unknown): value is {readonly tasks: Readonly<Record<string, TaskRecord>>} {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'tasks' in value &&
    typeof value.tasks === 'object' &&
    value.tasks !== null
  )
}
