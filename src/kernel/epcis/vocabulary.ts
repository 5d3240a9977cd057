/**
 * The standard vocabularies of CBV 2.0 and of the GS1 web vocabulary, as the 2.0.1 schema lists them, and their four spellings: bare
 * word (JSON), URN (XML), web URI and CURIE.
 */

export type VocabularyKind =
  | 'bizStep'
  | 'disposition'
  | 'bizTransactionType'
  | 'sourceDestinationType'
  | 'errorReason'
  | 'component'
  | 'measurementType'
  | 'sensorAlertType'

interface StandardVocabulary {
  readonly words: ReadonlySet<string>
  /** What precedes the word in a URN; the GS1 web vocabulary has none. */
  readonly urn: string | undefined
  /** What precedes the word in a web URI, behind the base; also behind the prefix of a CURIE. */
  readonly stem: string
  readonly base: 'cbv' | 'gs1'
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

export const VOCABULARIES: Readonly<Record<VocabularyKind, StandardVocabulary>> = {
  bizStep: {
    urn: 'urn:epcglobal:cbv:bizstep:',
    stem: 'BizStep-',
    base: 'cbv',
    words: words(`accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting decommissioning
      departing destroying disassembling dispensing encoding entering_exiting holding inspecting installing killing loading other packing
      picking receiving removing repackaging repairing replacing reserving retail_selling sampling sensor_reporting shipping
      staging_outbound stock_taking stocking storing transporting unloading unpacking void_shipping`),
  },
  disposition: {
    urn: 'urn:epcglobal:cbv:disp:',
    stem: 'Disp-',
    base: 'cbv',
    words: words(`active available completeness_inferred completeness_verified conformant container_closed container_open damaged destroyed
      dispensed disposed encoded expired in_progress in_transit inactive mismatch_class mismatch_instance mismatch_quantity
      needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled reserved retail_sold returned
      sellable_accessible sellable_not_accessible stolen unavailable unknown`),
  },
  bizTransactionType: {
    urn: 'urn:epcglobal:cbv:btt:',
    stem: 'BTT-',
    base: 'cbv',
    words: words('bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt'),
  },
  sourceDestinationType: {
    urn: 'urn:epcglobal:cbv:sdt:',
    stem: 'SDT-',
    base: 'cbv',
    words: words('location owning_party possessing_party'),
  },
  errorReason: { urn: 'urn:epcglobal:cbv:er:', stem: 'ER-', base: 'cbv', words: words('did_not_occur incorrect_data') },
  component: {
    urn: 'urn:epcglobal:cbv:comp:',
    stem: 'Comp-',
    base: 'cbv',
    words: words(`altitude axial_distance azimuth easting elevation_angle height latitude longitude northing polar_angle spherical_radius
      x y z`),
  },
  measurementType: {
    urn: undefined,
    stem: '',
    base: 'gs1',
    words: words(`AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance AmountOfSubstancePerUnitVolume
      Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance Conductance Conductivity Count Density Dimensionless
      DoseEquivalent DoseEquivalentRate DynamicViscosity ElectricCharge ElectricCurrent ElectricCurrentDensity ElectricFieldStrength
      Energy Exposure Force Frequency Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux
      LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass MassConcentration MassFlowRate MassPerAreaTime
      MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux RadiantIntensity Radioactivity
      RelativeHumidity Resistance Resistivity SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension Temperature Time Torque
      Voltage Volume VolumeFlowRate VolumeFraction VolumetricFlux Wavenumber`),
  },
  sensorAlertType: { urn: undefined, stem: '', base: 'gs1', words: words('ALARM_CONDITION ERROR_CONDITION') },
}

const CBV_BASE = 'https://ref.gs1.org/cbv/'
/** The base that CBV 2.0 hashes and the 2.0.0 context use; the 2.0.1 context says `https://ref.gs1.org/voc/` for the same terms. */
export const GS1_VOC_BASE = 'https://gs1.org/voc/'

const CBV_BASES = /^https?:\/\/(?:ref|ns)\.gs1\.org\/cbv\//
const GS1_BASES = /^https?:\/\/(?:(?:www\.)?gs1\.org|ref\.gs1\.org|ns\.gs1\.org)\/voc\//

/**
 * The word of a term in the spelling of the model: bare for standard terms, `gs1:Word` for further terms of the GS1 web vocabulary,
 * everything else as it came.
 */
export function modelTerm(kind: VocabularyKind, text: string): string {
  // a bare word and the common case: nothing with a colon is one
  if (!text.includes(':')) return text
  const { urn, stem, base, words } = VOCABULARIES[kind]
  let word: string | undefined
  if (urn !== undefined && text.startsWith(urn)) word = text.slice(urn.length)
  else if (text.startsWith(`${base}:${stem}`)) word = text.slice(base.length + 1 + stem.length)
  else {
    const found = (base === 'cbv' ? CBV_BASES : GS1_BASES).exec(text)
    if (found !== null && text.startsWith(stem, found[0].length)) word = text.slice(found[0].length + stem.length)
  }
  if (word === undefined) return text
  if (words.has(word)) return word
  return base === 'gs1' ? `gs1:${word}` : text
}

/** The web URI of a term of the model; terms of other vocabularies as they are. */
export function webTerm(kind: VocabularyKind, term: string): string {
  const { stem, base, words } = VOCABULARIES[kind]
  if (words.has(term)) return (base === 'cbv' ? CBV_BASE : GS1_VOC_BASE) + stem + term
  return base === 'gs1' && term.startsWith('gs1:') ? GS1_VOC_BASE + term.slice(4) : term
}

/** The spelling of XML: the URN where there is one, otherwise the CURIE (`gs1:Temperature`). */
export function xmlTerm(kind: VocabularyKind, term: string): string {
  const { urn, stem, base, words } = VOCABULARIES[kind]
  if (!words.has(term)) return term
  // the components came with 2.0, after the URNs
  return urn === undefined || kind === 'component' ? `${base}:${stem}${term}` : urn + term
}
