/** A path that a project, a workspace or a package needs or shows, relative to the source's root. */
export interface Reference {
  readonly path: string
  /** The file that refers to it, relative to the root. */
  readonly by: string
  /**
   * `file`: this very file, or a directory that is one to Xcode (an asset catalogue, a framework). `folder`: a directory whose
   * sources are taken as they come.
   */
  readonly kind: 'file' | 'folder'
  /** A build reads it; otherwise it may only be shown. */
  readonly built: boolean
}
