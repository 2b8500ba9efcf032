export {LANE_VERSION} from '@rch/contract/versions'
