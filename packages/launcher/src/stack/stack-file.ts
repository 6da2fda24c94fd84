/** Keeps stack.json true: written once the suite is ready, again whenever a pid changes, gone when it stops. */
import type { DataFolder } from './data-folder.ts'
import type { StackInfo } from './stack-info.ts'

type Published = Omit<StackInfo, 'pids'>

export const createStackFile = (folder: DataFolder) => {
  const pids = new Map<string, number>()
  let published: Published | undefined
  let writing = Promise.resolve()

  const info = (): StackInfo => {
    if (published === undefined) throw new Error('the suite is not ready')
    return { ...published, pids: Object.fromEntries(pids) }
  }

  /** One write at a time, in order, so that the last state is the one that stays. */
  const write = (): Promise<void> => {
    writing = writing.then(() => (published === undefined ? undefined : folder.write('stack.json', info())))
    return writing
  }

  return {
    info,
    publish: (facts: Published): Promise<void> => {
      published = facts
      return write()
    },
    setPid: (name: string, pid: number | undefined): void => {
      if (pid === undefined) pids.delete(name)
      else pids.set(name, pid)
      void write()
    },
    remove: async (): Promise<void> => {
      published = undefined
      await writing
      await folder.remove('stack.json')
    },
  }
}
