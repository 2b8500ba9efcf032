import type {TestRepository} from './test-repository.ts'

/** Commits four sources in folders, and a program. */
export function fill(repo: TestRepository): void {
  for (const name of ['a.swift', 'Sources/b.swift', 'Sources/Deep/c.swift', 'Tests/d.swift']) repo.write(name, `// ${name}\n`)
  repo.write('tool.sh', '#!/bin/sh\n', 0o755)
  repo.commit()
}
