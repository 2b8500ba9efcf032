import type {TestIdentity} from '@rch/contract/events'

/**
 * Who a test is. The URL (`test://com.apple.xcode/<project>/<target>/<suite…>/<test>`) says it exactly, and a Swift Testing function keeps
 * its parentheses there, an XCTest method does not. Without a URL (Xcode 16.0) the shape of the identifier has to do.
 */
export function identityOf(url: string | null, identifier: string | null, name: string, target: string | null): TestIdentity {
  const parts = url === null ? null : urlParts(url)
  if (parts !== null) {
    const [inTarget = target ?? '', ...path] = parts
    const last = path.at(-1) ?? name
    return identity(inTarget, path.slice(0, -1), last, last.endsWith(')') ? 'swift-testing' : 'xctest', name)
  }
  const path = (identifier ?? name).split('/')
  const last = path.at(-1) ?? name
  const bare = last.replace(/\(\)$/, '')
  const xctest = path.length === 2 && !bare.includes('(') && name.replace(/\(\)$/, '') === bare
  return identity(target, path.slice(0, -1), xctest ? bare : last, xctest ? 'xctest' : 'swift-testing', name)
}

function identity(
  target: string | null,
  suites: readonly string[],
  test: string,
  framework: TestIdentity['framework'],
  shown: string,
): TestIdentity {
  const path = [...(target === null || target === '' ? [] : [target]), ...suites, test]
  const plain = shown.replace(/\(\)$/, '') === test.replace(/\(\)$/, '')
  return {
    id: path.join('/'),
    target: target === '' ? null : target,
    suite: suites.length === 0 ? null : suites.join('/'),
    name: test,
    framework,
    display_name: plain ? null : shown,
  }
}

/** Target, suites and test of a test's URL; null when it is none. */
function urlParts(url: string): readonly string[] | null {
  const path = /^test:\/\/[^/]*\/[^/]*\/(.+)$/.exec(url)?.[1]
  if (path === undefined) return null
  return path.split('/').map((part) => {
    try {
      return decodeURIComponent(part).toWellFormed()
    } catch {
      return part
    }
  })
}
