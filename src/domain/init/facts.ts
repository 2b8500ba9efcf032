import type {Containers} from '@rch/xcodeproj'

/** What is known about a repository before anything is proposed. Paths are relative to its root, `/`-separated. */
export interface RepositoryFacts {
  /** The repository's own name, for ranking: the last component of its root. */
  readonly name: string
  readonly containers: Containers
  /** The texts of CI files and Makefiles that may hold `xcodebuild` lines. */
  readonly ciFiles: readonly {readonly path: string; readonly text: string}[]
  /** Whether `Pods/Pods.xcodeproj` is there. */
  readonly podsInstalled: boolean
}

/** One of the platforms that a destination can name. */
export type Platform = 'macOS' | 'iOS Simulator' | 'tvOS Simulator' | 'watchOS Simulator' | 'visionOS Simulator'

export interface ContainerChoice {
  readonly type: 'workspace' | 'project' | 'package'
  readonly path: string
}

export interface Finding {
  readonly level: 'note' | 'warning'
  readonly message: string
}
