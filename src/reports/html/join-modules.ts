/**
 * Joins modules into one script, each in a function of its own, the imported ones first. It understands what the compiler writes and no
 * more: named imports from `./name.js` and exported declarations. Throws for everything else, so that a page is never half a program.
 */
export function joinModules(entry: string, read: (name: string) => string): string {
  const done = new Map<string, string>()
  const open: string[] = []

  const visit = (name: string): void => {
    if (done.has(name)) return
    if (open.includes(name)) throw new Error(`modules import each other: ${[...open, name].join(' → ')}`)
    open.push(name)
    const {body, imports, names} = parseModule(name, read(name))
    for (const {from} of imports) visit(from)
    open.pop()
    const taken = imports.map(({from, names}) => `const {${names.join(', ')}} = ${variableOf(from)}`)
    done.set(name, [`const ${variableOf(name)} = (() => {`, ...taken, body.trim(), `return {${names.join(', ')}}`, '})()'].join('\n'))
  }

  visit(entry)
  return `'use strict'\n${[...done.values()].join('\n')}\n`
}

interface ParsedModule {
  readonly body: string
  readonly imports: readonly {readonly from: string; readonly names: readonly string[]}[]
  readonly names: readonly string[]
}

const IMPORT = /^import\s*\{([^}]*)\}\s*from\s*['"]\.\/([\w-]+)\.[jt]s['"];?[ \t]*$/gm
const EXPORT = /^export (?=(?:async )?(?:const|function) (\w+))/gm

function parseModule(name: string, source: string): ParsedModule {
  const imports: {from: string; names: string[]}[] = []
  const names: string[] = []
  const body = source
    .replace(IMPORT, (_all, list: string, from: string) => {
      imports.push({
        from,
        names: list
          .split(',')
          .map((one) => one.trim().replace(/\s+as\s+/, ': '))
          .filter((one) => one !== ''),
      })
      return ''
    })
    .replace(EXPORT, (_all, exported: string) => {
      names.push(exported)
      return ''
    })
    .replace(/^export \{\};?[ \t]*$/gm, '')
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
  const left = /^(?:import|export)\b.*$/m.exec(body)
  if (left !== null) throw new Error(`${name} cannot be joined: ${left[0]}`)
  return {body, imports: imports.filter((one) => one.names.length > 0), names}
}

function variableOf(name: string): string {
  return `$${name.replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase())}`
}
