/**
 * Reads the code in a photo, in the browser: the picture never leaves the device. The decoder is our own file; by
 * default the library would fetch it from elsewhere.
 */
export async function readPhoto(photo: Blob): Promise<string | undefined> {
  const [{ prepareZXingModule, readBarcodes }, { default: wasm }] = await Promise.all([
    import('zxing-wasm/reader'),
    import('zxing-wasm/reader/zxing_reader.wasm?url'),
  ])
  prepareZXingModule({ overrides: { locateFile: () => wasm } })
  const found = await readBarcodes(photo, { tryHarder: true, maxNumberOfSymbols: 1 })
  const text = found[0]?.text
  return text === undefined || text === '' ? undefined : text
}
