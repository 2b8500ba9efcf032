import {createHash} from 'node:crypto'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {BundleData} from './bundle-data.ts'

/** Writes the bundle. Its property list and its data both say that it is a mock. */
export function writeBundle(path: string, data: BundleData): void {
  mkdirSync(join(path, 'Data'), {recursive: true})
  const text = `${JSON.stringify(data)}\n`
  const hash = createHash('sha512').update(text).digest('base64url')
  writeFileSync(join(path, 'Data', `data.0~${hash}`), text)
  writeFileSync(join(path, 'Info.plist'), infoPlist(hash, new Date(data.startedAt)))
}

/** Reads a bundle back. Throws an Error whose message is fit for people when there is none, or a damaged one. */
export function readBundle(path: string): BundleData {
  let info: string
  try {
    info = readFileSync(join(path, 'Info.plist'), 'utf8')
  } catch {
    throw new Error(`File or directory doesn't exist at path: ${path}.`)
  }
  const hash = /<string>0~([^<]+)<\/string>/.exec(info)?.[1]
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(path, 'Data', `data.0~${hash ?? ''}`), 'utf8'))
    if (isData(parsed)) return parsed
  } catch {
    // A damaged file and a missing one get the same answer.
  }
  throw new Error(`Failed to load result bundle at ${path}: it is damaged or was not written by mock Xcode.`)
}

function isData(value: unknown): value is BundleData {
  return typeof value === 'object' && value !== null && 'mock' in value && value.mock === true && 'version' in value && value.version === 1
}

function infoPlist(hash: string, at: Date): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>dateCreated</key>
	<date>${at.toISOString().replace(/\.\d+/, '')}</date>
	<key>externalLocations</key>
	<array/>
	<key>mock</key>
	<true/>
	<key>rootId</key>
	<dict>
		<key>hash</key>
		<string>0~${hash}</string>
	</dict>
	<key>storage</key>
	<dict>
		<key>backend</key>
		<string>fileBacked2</string>
		<key>compression</key>
		<string>none</string>
	</dict>
	<key>version</key>
	<dict>
		<key>major</key>
		<integer>3</integer>
		<key>minor</key>
		<integer>60</integer>
	</dict>
</dict>
</plist>
`
}
