import {sha256} from '@rch/contract/identity'
import type {LayerName} from './layer.ts'
import type {ConfigFile} from './toml-file.ts'

/** One layer as `effective_config.json` lists it; `null` where no file is behind it. */
export interface ConfigSource {
  readonly layer: LayerName
  readonly file: string | null
  readonly sha256: string | null
}

/** The layers that took part, weakest first, with the digests of the files' raw bytes. */
export function configSources(files: {
  readonly repository: ConfigFile | null
  readonly host: ConfigFile | null
  readonly flags: boolean
  readonly command: boolean
}): readonly ConfigSource[] {
  const of = (layer: LayerName, file: ConfigFile | null): readonly ConfigSource[] =>
    file === null ? [] : [{layer, file: file.path, sha256: sha256(file.bytes)}]
  const plain = (layer: LayerName, there: boolean): readonly ConfigSource[] => (there ? [{layer, file: null, sha256: null}] : [])
  return [
    ...plain('defaults', true),
    ...of('host_defaults', files.host),
    ...of('repository', files.repository),
    ...plain('flags', files.flags),
    ...plain('command', files.command),
    ...of('host_enforce', files.host),
  ]
}
