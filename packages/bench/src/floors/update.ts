/** A prepared UPDATE of one row, committed to the disk, with all that Postgres and the client spend on it. */
import pg from 'pg'
import { splitCpu } from '../arithmetic/cpu-split.ts'
import { type MeasuredProcess, readCpu } from '../processes/read-cpu.ts'
import type { Floor } from '../report/result.ts'

const connections = 10
const rounds = 400

/** @param postgres the server behind `databaseUrl` */
export const measureUpdate = async (databaseUrl: string, postgres: MeasuredProcess): Promise<Floor> => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: connections })
  const processes = [postgres, { name: 'client', pid: process.pid, withChildren: false }]
  try {
    await pool.query('create table public.bench_floor (id int primary key, value int) with (fillfactor = 50)')
    await pool.query('insert into public.bench_floor select n, 0 from generate_series(1, 100) n')
    const update = async (id: number): Promise<void> => {
      const text = 'update public.bench_floor set value = value + 1 where id = $1'
      for (let round = 0; round < rounds; round += 1) await pool.query({ name: 'floor', text, values: [id] })
    }
    const all = (): Promise<unknown> =>
      Promise.all(Array.from({ length: connections }, (_, id) => update(id + 1)))
    await all()
    const before = readCpu(processes)
    await all()
    const { micros } = splitCpu(before, readCpu(processes), connections * rounds)
    return { name: 'prepared UPDATE', micros }
  } finally {
    await pool.query('drop table if exists public.bench_floor')
    await pool.end()
  }
}
