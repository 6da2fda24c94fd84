/** The process that makes load, so that its own CPU is never mistaken for that of what it loads. */
import { createLanes } from './lanes.ts'
import type { LoadAnswer, LoadCommand } from './protocol.ts'

let run: ReturnType<typeof createLanes> | undefined

const answer = (message: LoadAnswer): void => void process.send?.(message)

const obey = async (command: LoadCommand): Promise<void> => {
  if (command.command === 'prepare') {
    run = createLanes(command.origin, command.lanes)
    answer({ answer: 'prepared' })
    return
  }
  if (run === undefined) throw new Error('nothing was prepared')
  answer({ answer: 'ran', report: await run(command.milliseconds, command.operations) })
}

process.on('message', (command: LoadCommand) => void obey(command))
process.on('disconnect', () => process.exit())
