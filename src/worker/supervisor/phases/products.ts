import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {RchError} from '@rch/contract'
import {canonicalJson} from '@rch/contract/json'
import {readIfThere, writeFileAtomic} from '../../../infra/files.ts'
import type {JobSession} from '../session.ts'
import type {Workspace} from './workspace.ts'

/**
 * What a DerivedData was built for testing from. It lies in there and goes with it. Tests that are run without building take whatever is
 * there, so that without this a changed source would be told green by the products of an older one.
 */
const MARK = 'rch-products.json'

/**
 * Before the backend: tests without a build need products of this very source, scheme, configuration and platform; whatever builds makes
 * those that are there unknown. Throws `products_missing`.
 */
export function checkProducts(session: JobSession, {derivedData}: Workspace): void {
  const mark = join(derivedData, MARK)
  if (session.request.job.action !== 'test-without-building') return rmSync(mark, {force: true})
  const found = readIfThere(mark)
  if (found === undefined) throw missing('nothing was built for testing in its workspace')
  if (found.toString() !== describe(session))
    throw missing('those in its workspace are of another source, scheme, configuration or platform')
}

/** After a success: the products are this source's. */
export function markProducts(session: JobSession, {derivedData}: Workspace): void {
  if (session.request.job.action === 'build-for-testing') writeFileAtomic(join(derivedData, MARK), describe(session))
}

function missing(why: string): RchError {
  return new RchError('products_missing', `There are no build products for test-without-building: ${why}.`, {data: {why}})
}

function describe({request: {job}}: JobSession): string {
  const model = job.effective_config.inputs.steps.find(({index}) => index === job.index)?.model
  return canonicalJson({
    source_tree_hash: job.source_tree_hash,
    scheme: model?.scheme ?? null,
    configuration: model?.configuration ?? null,
    test_plan: model?.test_plan ?? null,
    sdk: model?.sdk ?? null,
    build_settings: model?.build_settings ?? {},
    platforms: [...new Set(model?.destinations.map(({platform, variant}) => `${platform} ${variant ?? ''}`.trim()))].toSorted(),
  })
}
