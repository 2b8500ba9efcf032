/** Ends the process with a plain sentence when Node is too old to load the rest. Written for any Node that reads ES modules. */
export function refuseOldNode(program) {
  const [major, minor, patch] = process.versions.node.split('.').map(Number)
  const fine = major === 22 ? minor > 22 || (minor === 22 && patch >= 2) : major > 24 || (major === 24 && minor >= 15)
  if (fine) return
  process.stderr.write(
    `${program}: Node ${process.versions.node} is too old; it needs ^22.22.2 or >=24.15. Install a newer Node and try again.\n`,
  )
  process.exit(2)
}
