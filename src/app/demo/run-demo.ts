export async function runDemo(_options: { labels: number | undefined; seed: number | undefined; keysFile: string | undefined; fresh: boolean; serve: boolean; say: (line: string) => void }): Promise<(() => Promise<void>) | undefined> {
  throw new Error('being written')
}
