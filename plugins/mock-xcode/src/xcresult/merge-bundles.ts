import type {BundleData} from './bundle-data.ts'
import {joinCoverage} from './coverage.ts'

/** One bundle of several: their devices, tests and issues side by side. */
export function mergeBundles(parts: readonly BundleData[]): BundleData {
  const [first] = parts
  if (first === undefined) throw new Error('there is nothing to merge')
  // Devices are those that tests ran on; the bundle of a build adds none.
  const tested = parts.filter((part) => part.tests !== undefined)
  const onDevices = tested.length > 0 ? tested : parts
  let offset = 0
  const tests = onDevices.flatMap((part) => {
    const moved = (part.tests ?? []).map((test) => ({...test, device: test.device + offset}))
    offset += part.devices.length
    return moved
  })
  const coverage = parts.flatMap((part) => (part.coverage === undefined ? [] : [part.coverage]))
  return {
    ...first,
    ...(coverage.length === 0 ? {} : {coverage: joinCoverage(coverage)}),
    startedAt: Math.min(...parts.map(({startedAt}) => startedAt)),
    finishedAt: Math.max(...parts.map(({finishedAt}) => finishedAt)),
    status: parts.some(({status}) => status !== 'succeeded') ? 'failed' : 'succeeded',
    devices: onDevices.flatMap(({devices}) => devices),
    issues: parts.flatMap(({issues}) => issues),
    tests: tested.length > 0 ? tests : undefined,
    steps: parts.flatMap(({steps}) => steps),
    console: parts.map(({console}) => console).join(''),
  }
}
