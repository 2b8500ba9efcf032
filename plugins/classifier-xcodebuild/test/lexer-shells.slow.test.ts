import {it} from 'vitest'
import {expectAgreement} from './support/expect-agreement.ts'

it('reads 20,000 lines exactly as bash and zsh hand them to a program, or not at all', () => expectAgreement(20_260_101, 20_000))
