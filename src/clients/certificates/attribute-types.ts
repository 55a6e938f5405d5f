/**
 * Short names of attribute types in distinguished names: those of RFC 4514 §3 and RFC 4519, and what certificates of companies
 * and people have besides. Any other type is written as its OID.
 */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  '2.5.4.3': ['cn', 'commonname'],
  '2.5.4.4': ['sn', 'surname'],
  '2.5.4.5': ['serialnumber'],
  '2.5.4.6': ['c', 'countryname'],
  '2.5.4.7': ['l', 'localityname'],
  '2.5.4.8': ['st', 's', 'stateorprovincename'],
  '2.5.4.9': ['street', 'streetaddress'],
  '2.5.4.10': ['o', 'organizationname'],
  '2.5.4.11': ['ou', 'organizationalunitname'],
  '2.5.4.12': ['title'],
  '2.5.4.13': ['description'],
  '2.5.4.15': ['businesscategory'],
  '2.5.4.17': ['postalcode'],
  '2.5.4.41': ['name'],
  '2.5.4.42': ['givenname', 'gn'],
  '2.5.4.43': ['initials'],
  '2.5.4.44': ['generationqualifier'],
  '2.5.4.46': ['dnqualifier'],
  '2.5.4.65': ['pseudonym'],
  '2.5.4.97': ['organizationidentifier'],
  '0.9.2342.19200300.100.1.1': ['uid', 'userid'],
  '0.9.2342.19200300.100.1.25': ['dc', 'domaincomponent'],
  '1.2.840.113549.1.9.1': ['emailaddress', 'e'],
  '1.3.6.1.4.1.311.60.2.1.1': ['jurisdictionlocalityname', 'jurisdictionl'],
  '1.3.6.1.4.1.311.60.2.1.2': ['jurisdictionstateorprovincename', 'jurisdictionst'],
  '1.3.6.1.4.1.311.60.2.1.3': ['jurisdictioncountryname', 'jurisdictionc'],
};

const OIDS = new Map(Object.entries(NAMES).flatMap(([oid, names]) => names.map((name) => [name, oid] as const)));
const OID = /^(?:[0-2](?:\.(?:0|[1-9]\d*))+)$/;

/** The OID of a type, from its short name in any case or from itself; undefined for an unknown one. */
export function attributeOid(type: string): string | undefined {
  return OID.test(type) ? type : OIDS.get(type.toLowerCase());
}
