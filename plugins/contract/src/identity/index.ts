export {DOMAINS, hashCanonical, sha256} from './hash.ts'
export {IDENTIFIER, RUN_ID, SHA256, uuidv7} from './ids.ts'
