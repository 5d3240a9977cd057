import { describe, expect, it } from 'vitest'
import { type CompletenessFacts, completenessOf } from './completeness.ts'

const FULL: CompletenessFacts = {
  nameZh: '面霜',
  nameEn: 'Cream',
  brand: '示例',
  spec: '50 mL',
  category: 'cream',
  special: false,
  forChildren: false,
  origin: 'FRA',
  filingNumber: '国妆网备进字(浙)2024005219',
  responsiblePerson: '宁波示例',
  manufacturer: 'Example',
  ingredients: '水',
  directions: '涂抹',
  warnings: '',
  paoMonths: 12,
  pictureFileId: 'x',
}

describe('the completeness of a product', () => {
  it('is 100 when every asked fact is there', () => {
    expect(completenessOf(FULL, 'general')).toEqual({ score: 100, missing: [], advised: [] })
  })

  it('asks cross-border retail for no filing and no responsible person', () => {
    const facts = { ...FULL, filingNumber: '', responsiblePerson: '' }
    expect(completenessOf(facts, 'cross-border-retail').score).toBe(100)
    expect(completenessOf(facts, 'general')).toMatchObject({
      score: 80,
      missing: [{ field: 'filingNumber' }, { field: 'responsiblePerson' }],
    })
  })

  it('asks special and children’s products for warnings', () => {
    expect(completenessOf({ ...FULL, special: true }, 'general').missing.map((m) => m.field)).toEqual(['warnings'])
    expect(completenessOf({ ...FULL, forChildren: true }, 'general').missing.map((m) => m.field)).toEqual(['warnings'])
  })

  it('counts a filing number that contradicts the product as missing', () => {
    expect(completenessOf({ ...FULL, filingContradicted: true }, 'general').score).toBeLessThan(100)
  })

  it('only advises a picture', () => {
    expect(completenessOf({ ...FULL, pictureFileId: null }, 'general')).toMatchObject({ score: 100, advised: [{ field: 'pictureFileId' }] })
  })
})
