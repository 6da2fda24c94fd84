// One bootstrap at a time in a checkout: `npm start` and `npm test` begun together must not install over each other.
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

const POLL_MS = 300

const isAlive = pid => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Takes the lock by linking a complete file into place, so that nobody ever reads a half-written owner. */
const tryLock = file => {
  const mine = `${file}.${process.pid}`
  writeFileSync(mine, String(process.pid))
  try {
    linkSync(mine, file)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(mine, { force: true })
  }
}

const removeStaleLock = file => {
  try {
    if (!isAlive(Number(readFileSync(file, 'utf8')))) rmSync(file, { force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

/** Runs `work` while holding the lock; waits for another bootstrap, and takes over from one that died. */
export const withLock = async (file, work) => {
  for (let waited = false; !tryLock(file); waited = true) {
    if (!waited) process.stderr.write('latchkey: waiting for another bootstrap of this checkout …\n')
    removeStaleLock(file)
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}
