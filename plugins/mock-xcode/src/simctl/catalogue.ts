import {sdkVersion, simulatorBuild} from '../mock-version.ts'

export interface RuntimeRow {
  readonly identifier: string
  readonly name: string
  readonly version: string
  readonly build: string
  readonly platform: 'iOS' | 'tvOS' | 'watchOS' | 'xrOS'
  readonly families: readonly string[]
}

export interface DeviceTypeRow {
  readonly identifier: string
  readonly name: string
  readonly family: string
  readonly model: string
}

const prefix = 'com.apple.CoreSimulator'

export const runtimes: readonly RuntimeRow[] = [
  runtime('iOS', '18.6', '22G86mock', ['iPhone', 'iPad']),
  runtime('iOS', sdkVersion, simulatorBuild, ['iPhone', 'iPad']),
  runtime('tvOS', sdkVersion, '23L77mock', ['Apple TV']),
  runtime('watchOS', sdkVersion, '23T77mock', ['Apple Watch']),
  {...runtime('xrOS', sdkVersion, '23O77mock', ['Apple Vision']), name: `visionOS ${sdkVersion}`},
]

export const deviceTypes: readonly DeviceTypeRow[] = [
  deviceType('iPhone-16', 'iPhone 16', 'iPhone', 'iPhone17,3'),
  deviceType('iPhone-17', 'iPhone 17', 'iPhone', 'iPhone18,3'),
  deviceType('iPhone-17-Pro', 'iPhone 17 Pro', 'iPhone', 'iPhone18,1'),
  deviceType('iPhone-SE-3rd-generation', 'iPhone SE (3rd generation)', 'iPhone', 'iPhone14,6'),
  deviceType('iPad-A16', 'iPad (A16)', 'iPad', 'iPad15,7'),
  deviceType('iPad-Pro-13-inch-M5-12GB', 'iPad Pro 13-inch (M5)', 'iPad', 'iPad17,4'),
  deviceType('Apple-TV-4K-3rd-generation-4K', 'Apple TV 4K (3rd generation)', 'Apple TV', 'AppleTV14,1'),
  deviceType('Apple-Watch-Series-11-46mm', 'Apple Watch Series 11 (46mm)', 'Apple Watch', 'Watch7,20'),
  deviceType('Apple-Vision-Pro', 'Apple Vision Pro', 'Apple Vision', 'RealityDevice14,1'),
]

function runtime(platform: RuntimeRow['platform'], version: string, build: string, families: readonly string[]): RuntimeRow {
  return {
    identifier: `${prefix}.SimRuntime.${platform}-${version.replaceAll('.', '-')}`,
    name: `${platform} ${version}`,
    version,
    build,
    platform,
    families,
  }
}

function deviceType(id: string, name: string, family: string, model: string): DeviceTypeRow {
  return {identifier: `${prefix}.SimDeviceType.${id}`, name, family, model}
}
