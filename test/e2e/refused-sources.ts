import {execFileSync} from 'node:child_process'
import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {edit} from '../support/lab-tools.ts'
import type {Lab} from '../support/lab.ts'
import {BUILD, inProject, set, type Provocations} from './provocation.ts'

const VCS = set('source.mode=vcs')

/** What is wrong with a repository or its configuration, before any worker is asked. */
export const REFUSED_SOURCES: Provocations = {
  config_loosens_policy: {args: BUILD, spoil: (lab) => append(lab, '\n[profiles.demo.safety]\nallow_mutating = true\n')},
  env_globs_disallowed: {args: BUILD, spoil: (lab) => append(lab, '\n[profiles.demo.env]\nallow = ["CI_*"]\n')},
  core_ids_required: {args: set('destination.require_core_ids=true')},
  xcode_query: {args: ['xcode', 'run', '--json', '--', 'xcodebuild', '-version']},
  destination_generic: {
    args: ['xcode', 'run', '--json', '--', 'xcodebuild', 'test', '-scheme', 'HelloKit', '-destination', 'generic/platform=macOS'],
    spoil: (lab) => {
      edit(lab, '.rch/xcode.toml', 'platform = "macOS"', 'platform = "macOS"\ngeneric = true')
      edit(lab, '.rch/xcode.toml', 'verify = ["build", "test"]', 'action = "build"')
    },
  },
  nothing_to_build: {
    args: ['xcode', 'init', '--json'],
    spoil: (lab) => {
      for (const name of readdirSync(lab.project)) if (name !== '.git') rmSync(inProject(lab, name), {recursive: true})
    },
  },
  project_unreadable: {
    args: ['xcode', 'init', '--json'],
    spoil: (lab) => {
      rmSync(inProject(lab, '.rch'), {recursive: true})
      rmSync(inProject(lab, 'Package.swift'))
      mkdirSync(inProject(lab, 'Half.xcodeproj'))
      writeFileSync(inProject(lab, 'Half.xcodeproj/project.pbxproj'), '// !$*UTF8*$!\n{ objects = {')
    },
  },
  source_empty: {
    args: set('source.mode=vcs', 'source.include_untracked=false'),
    spoil: (lab) => {
      for (const name of ['Package.swift', 'Sources', 'Tests']) rmSync(inProject(lab, name), {recursive: true})
      lab.git('rm', '-rqf', '--cached', '.')
    },
  },
  unsafe_path: {args: BUILD, spoil: (lab) => writeFileSync(inProject(lab, 'new\nline.swift'), '')},
  ignored_input_referenced: {
    args: BUILD,
    spoil: (lab) => {
      writeFileSync(inProject(lab, '.rchignore'), 'Generated/\n')
      mkdirSync(inProject(lab, 'Generated'))
      writeFileSync(inProject(lab, 'Generated/Made.swift'), '')
      writeFileSync(inProject(lab, 'Package.swift'), PACKAGE_OF('Generated'))
    },
  },
  merge_conflicts: {
    args: VCS,
    spoil: (lab) => {
      commit(lab, 'base', {'clash.swift': 'base\n'})
      lab.git('checkout', '-qb', 'theirs')
      commit(lab, 'theirs', {'clash.swift': 'theirs\n'})
      lab.git('checkout', '-q', '-')
      commit(lab, 'ours', {'clash.swift': 'ours\n'})
      try {
        lab.git('merge', '-q', 'theirs')
      } catch {
        // The conflict is what this is about.
      }
    },
  },
  sparse_checkout_incomplete: {
    args: VCS,
    spoil: (lab) => {
      lab.git('add', '-A')
      lab.git('sparse-checkout', 'set', '--no-cone', '/*', '!/Tests/')
    },
  },
  submodules_disallowed: {args: set('source.mode=vcs', 'source.submodules=forbid'), spoil: (lab) => void submodule(lab)},
  submodule_missing: {
    args: VCS,
    spoil: (lab) => {
      submodule(lab)
      lab.git('submodule', '--quiet', 'deinit', '-f', 'Vendor')
    },
  },
  submodule_commit_differs: {
    args: VCS,
    spoil: (lab) => {
      submodule(lab)
      lab.git('-C', 'Vendor', 'commit', '-q', '--allow-empty', '-m', 'further')
    },
  },
}

const PACKAGE_OF = (path: string): string =>
  `// swift-tools-version: 6.0\nimport PackageDescription\nlet package = Package(name: "HelloKit", targets: [.target(name: "HelloKit", path: ${JSON.stringify(path)})])\n`

function append(lab: Lab, text: string): void {
  writeFileSync(inProject(lab, '.rch/xcode.toml'), text, {flag: 'a'})
}

function commit(lab: Lab, message: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(inProject(lab, name), text)
  lab.git('add', '-A')
  lab.git('commit', '-qm', message)
}

/** A repository of its own inside the lab's, recorded and checked out. */
function submodule(lab: Lab): void {
  const vendor = join(lab.dir, 'vendor')
  rmSync(vendor, {recursive: true, force: true})
  mkdirSync(vendor)
  writeFileSync(join(vendor, 'a.swift'), '')
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.email=lab@example.invalid', '-c', 'user.name=lab', ...args], {cwd: vendor})
  git('init', '-q')
  git('add', '-A')
  git('commit', '-qm', 'vendor')
  lab.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', vendor, 'Vendor')
  lab.git('commit', '-qam', 'vendor')
}
