/**
 * No stray servers: a process that a test started ends with the test run, even when that is killed. A watcher
 * waits on a pipe that only we hold open; when we are gone it reads the end and kills.
 */
import { type ChildProcess, spawn } from 'node:child_process'

export const killWithUs = (child: ChildProcess): void => {
  if (child.pid === undefined) return
  const watcher = spawn('/bin/sh', ['-c', 'read -r _ || kill -KILL "$0" 2>/dev/null', `${child.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  // A child that ends by itself takes its watcher along, so that its pid is never killed once reused.
  const dismiss = () => void watcher.kill('SIGKILL')
  child.once('exit', dismiss)
  if (child.exitCode !== null || child.signalCode !== null) dismiss()
  child.unref()
  watcher.unref()
  watcher.stdin?.on('error', () => undefined)
  if (watcher.stdin !== null && 'unref' in watcher.stdin && typeof watcher.stdin.unref === 'function') {
    watcher.stdin.unref()
  }
}
