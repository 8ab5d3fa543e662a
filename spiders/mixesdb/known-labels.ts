/**
 * Labels that list typists put in round brackets ("Squared Circle (Trapez)") where the wiki's habit is square ones. Only these are taken for
 * labels there: any other round bracket belongs to the title.
 */
import { normKey } from '../../src/core/text.ts';

const LABELS = new Set(
  `areal, bedrock, blueprint, bpitch control, border community, circus company, clone, cocoon, cocoon recordings, connaisseur, crosstown rebels,
   cynosure, defected, dekmantel, delsin, desolat, dial, diynamic, drumcode, dumb unit, echocord, fat cat, freerange, freude am tanzen,
   get physical, ghostly, giegling, harthouse, hessle audio, hotflush, hyperdub, innervisions, kanzleramt, kompakt, kompakt extra, lan muzic,
   live at robert johnson, m nus, minus, mobilee, moon harbour, mosaic, mote evolver, music man, novamute, oslo, ostgut ton, ovum, perlon,
   permanent vacation, plus 8, playhouse, poker flat, pokerflat, pampa, rekids, running back, semantica, sender, smallville, soma, spectral sound,
   stroboscopic artefacts, suara, sub static, systematic, telegraph, token, traum, trapez, trapez ltd, tresor, trelik, turbo,
   underground quality, vakant, versatile, warp, watergate, wagon repair, world to come`
    .split(',')
    .map((name) => normKey(name)),
);

export function isKnownLabel(name: string): boolean {
  return LABELS.has(normKey(name));
}
