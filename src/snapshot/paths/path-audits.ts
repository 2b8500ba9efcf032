import {auditPaths, type PathAudit} from './audit-paths.ts'

/** Audits of a tree's paths, begun before the tree is known: while other threads still read its files. */
export class PathAudits {
  #ahead: {readonly entries: readonly {readonly path: string}[]; readonly audit: PathAudit} | undefined

  /** Audits what will probably be all entries of the tree, sorted. */
  begin(entries: readonly {readonly path: string}[]): void {
    this.#ahead = {entries, audit: auditPaths(entries)}
  }

  /** The audit of these very paths: what was found ahead, if they are the same. */
  of(entries: readonly {readonly path: string}[]): PathAudit {
    const ahead = this.#ahead
    const same = ahead?.entries.length === entries.length && entries.every(({path}, i) => path === ahead.entries[i]?.path)
    return ahead !== undefined && same ? ahead.audit : auditPaths(entries)
  }
}
