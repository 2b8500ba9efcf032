import type {BundleData} from './bundle-data.ts'

/** One bundle of several: their devices, tests and issues side by side. */
export function mergeBundles(parts: readonly BundleData[]): BundleData {
  const [first] = parts
  if (first === undefined) throw new Error('there is nothing to merge')
  let offset = 0
  const tests = parts.flatMap((part) => {
    const moved = (part.tests ?? []).map((test) => ({...test, device: test.device + offset}))
    offset += part.devices.length
    return moved
  })
  return {
    ...first,
    startedAt: Math.min(...parts.map(({startedAt}) => startedAt)),
    finishedAt: Math.max(...parts.map(({finishedAt}) => finishedAt)),
    status: parts.some(({status}) => status !== 'succeeded') ? 'failed' : 'succeeded',
    devices: parts.flatMap(({devices}) => devices),
    issues: parts.flatMap(({issues}) => issues),
    tests: parts.some((part) => part.tests !== undefined) ? tests : undefined,
    steps: parts.flatMap(({steps}) => steps),
    console: parts.map(({console}) => console).join(''),
  }
}
