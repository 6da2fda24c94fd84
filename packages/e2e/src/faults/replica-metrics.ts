/** What one replica says about itself on its management port, which the data folder knows. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The sum of all samples of a metric whose labels contain `label`. */
export const readCount = async (
  dataDir: string,
  replica: string,
  metric: string,
  label: string,
): Promise<number> => {
  const ports: Record<string, number> = JSON.parse(await readFile(join(dataDir, 'ports.json'), 'utf8'))
  const response = await fetch(`http://127.0.0.1:${ports[`${replica} MANAGEMENT_PORT`]}/metrics`)
  const lines = (await response.text()).split('\n')
  return lines
    .filter(line => line.startsWith(`${metric}{`) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}
