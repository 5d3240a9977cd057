import { type ErrorTable, refuser } from '../../kernel/errors.ts'

export const FILES_ERRORS = {
  UPLOAD_TOO_LARGE: {
    status: 413,
    zh: '文件超过 {limit}，请压缩或拆分后再传。',
    en: 'The file is larger than {limit}: make it smaller or split it.',
  },
  UPLOAD_TOO_MANY: { status: 413, zh: '一次最多 {limit} 个文件。', en: '{limit} files at most at a time.' },
  UPLOAD_EMPTY: { status: 422, zh: '文件是空的。', en: 'The file is empty.' },
  UPLOAD_CUT: { status: 400, zh: '上传中断，请重试。', en: 'The upload was cut off: try again.' },
  UPLOAD_KIND: { status: 415, zh: '不支持这种文件，可用：{kinds}。', en: 'This kind of file is not accepted; accepted are {kinds}.' },
  UPLOAD_MISSING: { status: 422, zh: '请选择一个文件。', en: 'Choose a file.' },
  NOT_AN_IMAGE: {
    status: 422,
    zh: '这不是可以打开的图片（支持 JPG、PNG、WebP）。',
    en: 'This is not a picture that can be opened (JPG, PNG and WebP are).',
  },
  IMAGE_HEIC: {
    status: 422,
    zh: '暂不支持 HEIC 格式，请在手机相机设置中选择“兼容性最佳”或截图后上传。',
    en: 'HEIC pictures are not supported: set the camera to “most compatible”, or send a screenshot.',
  },
  IMAGE_TOO_LARGE: { status: 422, zh: '图片像素过大（上限 6000 万像素）。', en: 'The picture has too many pixels (60 million at most).' },
  FILE_LOST: { status: 410, zh: '文件已不存在。', en: 'The file is no longer there.' },
} as const satisfies ErrorTable

export const filesFail = refuser(FILES_ERRORS)
