import type {RunTool, ToolContext} from './tool-context.ts'

const loaders: Readonly<Record<string, () => Promise<RunTool>>> = {
  xcodebuild: async () => (await import('../xcodebuild/xcodebuild.ts')).xcodebuild,
  xcrun: async () => {
    const {xcrun} = await import('./xcrun.ts')
    return (context) => xcrun(context, runTool)
  },
  'xcode-select': async () => (await import('./xcode-select.ts')).xcodeSelect,
  sw_vers: async () => (await import('./sw-vers.ts')).swVers,
  simctl: async () => (await import('../simctl/simctl.ts')).simctl,
  xcresulttool: async () => (await import('../xcresult/xcresulttool.ts')).xcresulttool,
  xccov: async () => (await import('../xcresult/xccov.ts')).xccov,
  swift: async () => (await import('./swift.ts')).swift,
  defaults: async () => (await import('./defaults.ts')).defaults,
}

/** Runs `context.tool` in this process and gives its exit status. */
export async function runTool(context: ToolContext): Promise<number> {
  const load = loaders[context.tool]
  if (load === undefined) {
    context.output.err(`mock Xcode: no tool is called ${context.tool}; there are ${Object.keys(loaders).join(', ')}\n`)
    return 72
  }
  return (await load())(context)
}
