/** One verification of a password with the parameters that Latchkey stores, and nothing else. */
import { hash, verify } from '@node-rs/argon2'
import type { Floor } from '../report/result.ts'

const rounds = 100
const atATime = 2

export const measureArgon2 = async (): Promise<Floor> => {
  const stored = await hash('Correct.Horse.7', { memoryCost: 12_288, timeCost: 3, parallelism: 1 })
  const before = process.cpuUsage()
  for (let done = 0; done < rounds; done += atATime) {
    await Promise.all(Array.from({ length: atATime }, () => verify(stored, 'Correct.Horse.7')))
  }
  const { user, system } = process.cpuUsage(before)
  return { name: 'Argon2id 12 MiB t=3', micros: (user + system) / rounds }
}
