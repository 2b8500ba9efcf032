/** What the mock says it is. Every number that a tool parses keeps its shape; every one carries the word. */
export const xcodeVersion = '26.5'
export const xcodeBuild = '17F42mock'
export const sdkVersion = '26.5'
export const macosVersion = '26.5'
export const macosBuild = '25F70mock'
export const simulatorBuild = '23F77mock'
