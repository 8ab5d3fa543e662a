/** Countries and regions as titles of mix pages end in them; everything else there is a city or a venue. */

const COUNTRIES = new Set(
  `Albania,Algeria,Andorra,Argentina,Armenia,Australia,Austria,Bahrain,Belarus,Belgium,Bolivia,Bosnia,Bosnia And Herzegovina,Brazil,Bulgaria,
   Cambodia,Canada,Chile,China,Colombia,Costa Rica,Croatia,Cuba,Cyprus,Czech Republic,Czechia,Denmark,Dominican Republic,Ecuador,Egypt,England,
   Estonia,Ethiopia,Finland,France,Georgia,Germany,Ghana,Greece,Guatemala,Holland,Hungary,Iceland,India,Indonesia,Iran,Iraq,Ireland,Israel,
   Italy,Jamaica,Japan,Jordan,Kazakhstan,Kenya,Kosovo,Latvia,Lebanon,Lithuania,Luxembourg,Macedonia,Malaysia,Malta,Mexico,Moldova,Monaco,
   Mongolia,Montenegro,Morocco,Nepal,Netherlands,The Netherlands,New Zealand,Nicaragua,Nigeria,North Macedonia,Northern Ireland,Norway,Panama,
   Paraguay,Peru,Philippines,Poland,Portugal,Puerto Rico,Romania,Russia,Saudi Arabia,Scotland,Senegal,Serbia,Slovakia,Slovenia,South Africa,
   South Korea,Spain,Sri Lanka,Sweden,Switzerland,Taiwan,Tanzania,Thailand,Tunisia,Turkey,UAE,Uganda,UK,Ukraine,United Arab Emirates,
   United Kingdom,United States,Uruguay,USA,Uzbekistan,Venezuela,Vietnam,Wales`
    .split(',')
    .map((name) => name.trim().toLowerCase()),
);
const US_STATES = new Set(
  'AL,AK,AZ,AR,CA,CO,CT,DE,DC,FL,GA,HI,ID,IL,IN,IA,KS,KY,LA,ME,MD,MA,MI,MN,MS,MO,MT,NE,NV,NH,NJ,NM,NY,NC,ND,OH,OK,OR,PA,RI,SC,SD,TN,TX,UT,VT,VA,WA,WV,WI,WY'.split(
    ',',
  ),
);

export function isCountry(name: string): boolean {
  return COUNTRIES.has(name.toLowerCase());
}

/** A state of the USA by its two letters. */
export function isRegion(name: string | undefined): boolean {
  return name !== undefined && US_STATES.has(name);
}
