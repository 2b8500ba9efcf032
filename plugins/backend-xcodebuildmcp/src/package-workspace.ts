import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

/**
 * Writes a workspace whose only member is the package. Xcode makes the package's schemes for it as it does when the package itself
 * is opened, and takes the pinned versions from the workspace: they are copied there.
 */
export function writePackageWorkspace(workspace: string, packageRoot: string): void {
  const swiftpm = join(workspace, 'xcshareddata/swiftpm')
  mkdirSync(swiftpm, {recursive: true, mode: 0o700})
  const location = packageRoot.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  writeIfOther(
    join(workspace, 'contents.xcworkspacedata'),
    `<?xml version="1.0" encoding="UTF-8"?>\n<Workspace version="1.0">\n   <FileRef location="absolute:${location}">\n   </FileRef>\n</Workspace>\n`,
  )
  const pins = join(packageRoot, 'Package.resolved')
  if (existsSync(pins)) writeIfOther(join(swiftpm, 'Package.resolved'), readFileSync(pins, 'utf8'))
}

/** Times of files that say the same stay, so that nothing is taken for changed. */
function writeIfOther(file: string, text: string): void {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}
