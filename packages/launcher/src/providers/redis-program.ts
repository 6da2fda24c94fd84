/** A program that speaks Redis, wherever it came from. */
import { join } from 'node:path'

export interface RedisProgram {
  /** What was chosen, in words. */
  readonly description: string
  readonly command: string
  /** `folder` holds redis.conf and the data. */
  readonly argsFor: (place: { readonly folder: string; readonly port: number }) => readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** A program that reads its configuration from the folder itself. */
export const native = (
  command: string,
  description: string,
  env: Readonly<Record<string, string>>,
): RedisProgram => ({ command, description, env, argsFor: ({ folder }) => [join(folder, 'redis.conf')] })

export interface FindRedisInit {
  /** PATH. */
  readonly path: string
  /** Where Debian's package may be unpacked and kept. */
  readonly unpackFolder: string
  /** Told before a step that takes long. */
  readonly say: (line: string) => void
}
