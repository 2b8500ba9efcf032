import {dirname, relative, resolve, sep} from 'node:path'

/** The relative address of a file for a page that lies at `page`; null for a page that lies nowhere. */
export function hrefFrom(page: string | null, cwd: string): (path: string) => string | null {
  return (path) => {
    if (page === null || page === '-') return null
    const way = relative(dirname(resolve(cwd, page)), resolve(cwd, path)).split(sep)
    if (way.includes('')) return null
    const address = way.map(encodeURIComponent).join('/')
    return way[0] === '..' ? address : `./${address}`
  }
}
