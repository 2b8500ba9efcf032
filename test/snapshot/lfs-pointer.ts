/** What git-lfs commits in the place of a file. */
export function lfsPointer(sha256: string, bytes: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${bytes}\n`
}
