import {z} from 'zod'
import {flag, names, postureName, text} from './fields.ts'

/** The whole policy that a command was judged under; its canonical bytes are `classifier_policy.json`. */
export const classifierPolicy = z.strictObject({
  repo_root: text,
  posture: postureName,
  local_xcode: flag,
  env_allow: names,
  allow_settings: names,
  drop_owned_paths: flag,
  allow_mutating: flag,
  developer_dir: text.nullable(),
})
