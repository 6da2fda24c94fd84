/** Whether a neighbour answers. */
import { RpcError } from '@latchkey/runtime/grpc'

type Mode = 'up' | 'away' | 'hanging'

/** `hanging` never answers. */
export const createSwitch = () => {
  let mode: Mode = 'up'
  return {
    set: (to: Mode) => {
      mode = to
    },
    pass: async (): Promise<void> => {
      if (mode === 'away') throw new RpcError('TEST', 'UNAVAILABLE', 'switched off')
      if (mode === 'hanging') await new Promise(() => undefined)
    },
  }
}
