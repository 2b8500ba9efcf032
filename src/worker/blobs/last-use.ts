import {lstatSync, utimesSync} from 'node:fs'

/** How stale a file's time of last use may get. */
const TOUCH_AFTER_MS = 12 * 60 * 60 * 1000

/** When blobs and packs were last used, kept as their files' own times; each file is looked at once. */
export class LastUse {
  readonly #touched = new Set<string>()

  /** Notes that a file is in use, at most twice a day. */
  touch(path: string): void {
    if (this.#touched.has(path)) return
    this.#touched.add(path)
    const now = Date.now()
    try {
      if (now - lstatSync(path).mtimeMs > TOUCH_AFTER_MS) utimesSync(path, now / 1000, now / 1000)
    } catch {
      // Only the collector's idea of its age suffers.
    }
  }
}
