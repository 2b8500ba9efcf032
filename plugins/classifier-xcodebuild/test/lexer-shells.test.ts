import {it} from 'vitest'
import {expectAgreement} from './support/expect-agreement.ts'

it('reads 4,000 lines exactly as bash and zsh hand them to a program, or not at all', () => expectAgreement(20_260_102, 4000), 240_000)
