/** All processes of one suite by name, each closed with the suite, their pids in stack.json. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import {
  createProcess,
  isAboutSettings,
  type ProcessEvents,
  type ProcessPlan,
  SettingsRefused,
  type SupervisedProcess,
} from '../processes/index.ts'

export const createSupervisor = (
  closing: Closing,
  events: ProcessEvents,
  signal: AbortSignal | undefined,
) => {
  const processes: Record<string, SupervisedProcess> = {}
  const interrupted = rejectionOf(signal)

  return {
    processes,
    /**
     * Starts processes side by side; they close in the opposite order of `plans`.
     * @throws StartFailed of the first that fails, SettingsRefused of all that refuse theirs, or the reason of the signal
     */
    startAll: async (plans: readonly ProcessPlan[]): Promise<void> => {
      signal?.throwIfAborted()
      const started = plans.map(plan => {
        const supervised = createProcess(plan, events)
        processes[plan.name] = supervised
        closing.add(plan.name, supervised.stop)
        return supervised.start()
      })
      try {
        await Promise.race([Promise.all(started), interrupted])
      } catch (error) {
        if (!isAboutSettings(error)) throw error
        // Each reads its settings before anything else: those that have nothing against them are ready in a moment.
        const ends = await Promise.race([Promise.allSettled(started), interrupted])
        throw new SettingsRefused(
          ends.flatMap(end => (end.status === 'rejected' && isAboutSettings(end.reason) ? [end.reason] : [])),
        )
      }
    },
  }
}

export type Supervisor = ReturnType<typeof createSupervisor>

const rejectionOf = (signal: AbortSignal | undefined): Promise<never> => {
  const rejection = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  rejection.catch(() => undefined)
  return rejection
}
