"""The held-out half of the corpus: nobody tunes the mapping on these. Only layouts belong here.

A layout may be corrected where the layout itself is wrong, never because the mapping fails on it.
"""

from __future__ import annotations

from contact_pipeline_tests.sources.list_file.corpus.layouts import Layout, read_layouts


def held_out_layouts() -> list[Layout]:
    """The layouts of the held-out half."""
    return read_layouts(TEXT)


TEXT = """
givebutter_import_template | en
Givebutter Contact ID=id ; Contact External ID=code ; Contact Since=moment ; Prefix=prefix ; First Name=first
Preferred First Name=nick ; Middle Name=middle ; Last Name=last ; Suffix=suffix ; Primary Email=email
Primary Phone Number=e164 ; Address Line 1=street ; Address Line 2=unit ; City=city ; State=state ; Zip Code=zip
Country=country ; Gender=gender ; Pronouns=blank ; Household Name=blank ; Household Envelope Name=blank
Is Household Primary Contact=yesno ; Email Addresses=email2 ; Phone Numbers=phone2 ; Date of Birth=dobus
Employer=company ; Title=title ; Twitter URL=blank ; LinkedIn URL=linkedin ; Facebook URL=blank ; TikTok URL=blank
Tags=tags ; Notes=note ; Email Subscription Status=emailok ; Phone Subscription Status=smsok
Address Subscription Status=mailok

givebutter_failed_import | en es
id=id ; external_id=code ; first_name=first ; last_name=last ; primary_email=email ; primary_phone=e164
address_1=street
address_2=unit ; city=city ; state=state ; zipcode=zip ; custom_fields_field_1201=shirt
custom_fields_field_1202=yesno
ERRORS=note

givebutter_tickets | en
Ticket ID=id ; First Name=first ; Last Name=last ; Email=email ; Phone=e164 ; Ticket=ticket ; Price=amount
Campaign=event
Bundle=blank ; Checked In=yesno ; Purchased At=moment ; Arrival Notes=note ; Promo Code=blank

mailchimp_audience_mapped | es
Email Address=email ; FNAME=first ; LNAME=last ; PHONE=phone ; ADDRESS=fulladdr2>full_address|address ; ZIP=zip
Marketing Permissions - Email=emailok
Marketing Permissions - Direct Mail=mailok ; MEMBER_RATING=count ; LAST_CHANGED=moment ; LEID=id ; EUID=recid

action_network_form_report | ht en
First Name=first ; Last Name=last ; Email=email ; Mobile Number=digits ; Zip/Postal Code=zip
Submission Date=moment
Referrer Code=word ; Source=word ; Mobile message opt in=smsok ; Subscription status=subscribed ; Person UUID=uuid

nationbuilder_donations | en
donor_signup_id=smallid ; full_name=full ; email=email ; amount=money ; succeeded_at=dayus
payment_type_name=word ; billing_address1=street
billing_city=city ; billing_state=state ; billing_zip=zip ; employer=company ; occupation=title
recruiter_name=otherfull
tracking_code_slug=word ; phone_number=digits

l2_voter_file | en
LALVOTERID=code ; Voters_StateVoterID=id ; Voters_FirstName=first ; Voters_MiddleName=middle ; Voters_LastName=last
Voters_NameSuffix=suffix ; Residence_Addresses_AddressLine=street ; Residence_Addresses_ExtraAddressLine=unit
Residence_Addresses_City=city ; Residence_Addresses_State=state ; Residence_Addresses_Zip=zip
Residence_Addresses_ZipPlus4=precinct ; Mailing_Addresses_AddressLine=blank ; Mailing_Addresses_City=blank
VoterTelephones_LandlineFormatted=phone2 ; VoterTelephones_CellPhoneFormatted=phone
VoterTelephones_CellConfidenceCode=count ; Voters_Age=age ; Voters_Gender=sex ; Parties_Description=party
Precinct=precinct
County=county ; Voters_FIPS=precinct ; General_2022=yesno

florida_style | es en
County Code=county ; Voter ID=id ; Name Last=last ; Name Suffix=suffix ; Name First=first ; Name Middle=middle
Residence Address Line 1=street ; Residence Address Line 2=unit ; Residence City=city ; Residence State=state
Residence Zipcode=zip ; Mailing Address Line 1=blank ; Mailing City=blank ; Gender=sex ; Race=count
Birth Date=dobus
Registration Date=dayus ; Party Affiliation=party ; Precinct=precinct ; Voter Status=word ; Daytime Area Code=blank
Daytime Phone Number=digits ; Email address=email

actblue_short | en
Donor ID=id ; Donor First Name=first ; Donor Last Name=last ; Donor Addr1=street ; Donor City=city
Donor State=state ; Donor ZIP=zip9
Donor Email=email ; Donor Phone=phone ; Amount=amount ; Date=day ; Recipient Committee=event ; Recipient ID=smallid

anedot_donations | en
Donation ID=uuid ; Donor Title=prefix ; Donor First=first ; Donor Last=last ; Donor Email=email ; Donor Phone=digits
Donor Address Line 1=street ; Donor Address Line 2=unit ; Donor Address City=city ; Donor Address Region=state
Donor Address Postal Code=zip ; Donor Occupation=title ; Donor Employer=company ; Net Amount=amount
Recurring=yesno
Referrer=url ; Campaign Name=event

google_contacts_new | it pt
First Name=first ; Middle Name=middle ; Last Name=last ; Phonetic First Name=blank ; Name Prefix=prefix
Name Suffix=blank
Nickname=nick ; File As=blank ; Organization Name=company ; Organization Title=title ; Organization Department=blank
Birthday=dob ; Notes=note ; Photo=url ; Labels=tags ; E-mail 1 - Label=kindofemail ; E-mail 1 - Value=email
Phone 1 - Label=kindofphone ; Phone 1 - Value=e164 ; Phone 2 - Label=kindofphone ; Phone 2 - Value=phone2
Address 1 - Label=kindofphone ; Address 1 - Street=street ; Address 1 - City=city ; Address 1 - Region=state
Address 1 - Postal Code=zip ; Address 1 - Country=country ; Website 1 - Value=url

outlook_online | en
First Name=first ; Middle Name=blank ; Last Name=last ; Title=prefix>prefix|title ; Suffix=suffix ; Nickname=nick
E-mail Address=email
E-mail 2 Address=email2 ; E-mail 3 Address=blank ; Home Phone=phone2 ; Home Phone 2=blank ; Business Phone=phone2
Mobile Phone=phone ; Car Phone=blank ; Other Phone=blank ; Primary Phone=blank ; Home Fax=fax ; Job Title=title
Company=company ; Home Street=street ; Home City=city ; Home State=statename ; Home Postal Code=zip
Home Country/Region=country ; Birthday=dobus ; Anniversary=blank ; Manager's Name=otherfull
Assistant's Phone=otherphone
Categories=tags>-|tags

iphone_contacts_csv | en es
Full name=full ; Phone (mobile)=mixed ; Phone (home)=phone2 ; Email (home)=email ; Email (work)=email2
Company=company
Street (home)=street ; City (home)=city ; State (home)=state ; ZIP (home)=zip ; Birthday=dob

eventbrite_orders | en
Order no.=longid ; Date ordered=moment ; Buyer first name=first ; Buyer last name=last ; Buyer email=email
Tickets=count ; Gross sales=amount ; Organizer email=otheremail ; Event=event ; Billing address=street
Billing city=city
Billing state=state ; Billing ZIP=zip

woocommerce_orders | fr en
Order Number=smallid ; First Name (Billing)=first ; Last Name (Billing)=last ; Company (Billing)=company
Address 1&2 (Billing)=streetunit
City (Billing)=city ; State Code (Billing)=state ; Postcode (Billing)=zip ; Email (Billing)=email
Phone (Billing)=digits
First Name (Shipping)=otherfirst>- ; Last Name (Shipping)=otherlast>- ; City (Shipping)=othercity
Order Total Amount=amount

jotform_combined | ht es
Submission Date=moment ; Full Name=full ; Email=email ; Phone=phone ; Address=fulladdr>full_address|address
Date of Birth=dobus
Preferred language=lang ; I agree to receive text messages=smsok ; Signature=url ; Unique ID=code

airtable_canvass | en
Name=full ; Mobile=dash ; Email Address=email ; Neighborhood=county>- ; Team Lead=otherfull
Team Lead Email=otheremail ; Hours=count
Signed up=momentz ; Skills=tags>-|tags ; Notes=note

typeform_answers | en fr
#=uuid ; Hi! What's your name?=full ; And your email address?=email ; Which phone number can we text?=digits
Which days work for you?=shift ; Start Date (UTC)=moment ; Submit Date (UTC)=moment ; Network ID=recid ; Tags=blank

google_form_responses | es
Timestamp=moment ; Email Address=email ; First and Last Name=full ; Phone Number=mixed
What ZIP code do you live in?=zip
Are you over 18?=yesno ; Do you have a car?=yesno ; Comments or questions=note

survey_monkey_answers | en
Respondent ID=longid ; Collector ID=longid ; Start Date=moment ; IP Address=ip ; Email Address=email
First Name=first ; Last Name=last
Custom Data 1=blank ; Address 1=street ; City/Town=city ; State/Province=statename ; ZIP/Postal Code=zip
Phone Number=phone

constant_contact | en
Email address=email ; First name=first ; Last name=last ; Company=company ; Job title=title
Email status=subscribed>email_consent|-
Email permission status=word ; Phone - mobile=digits ; Phone - home=phone2 ; Street address line 1 - Home=street
City - Home=city
State/Province - Home=state ; Zip/Postal Code - Home=zip ; Country - Home=country
Birthday=monthday>-|birth_date ; Email Lists=tags>-|tags
Created At=moment ; Source Name=word

bloomerang_like | en
Account Number=smallid ; Name=full ; First=first ; Middle=middle ; Last=last ; Prefix=prefix ; Suffix=suffix
Informal Name=nick>preferred_name|-
Formal Name=full>-|full_name ; Envelope Name=full>- ; Primary Street=street ; Primary City=city
Primary State=state
Primary ZIP Code=zip ; Primary Email Address=email ; Primary Phone Number=phone ; Birthdate=dobus ; Gender=gender
Communication Restrictions=blank ; Lifetime Raised=money ; Last Transaction Date=dayus

raisers_edge_like | en
Constituent ID=smallid ; Title 1=prefix ; First name=first ; Middle name=middle ; Surname=last
Preferred address lines=street
Preferred city=city ; Preferred county=county ; Preferred ZIP=zip ; Preferred state=state ; Home email=email
Mobile telephone=digits
Receives emails=emailok ; Requests no e-mail=emailout ; Total gifts=money ; Spouse last name=otherlast

quickbooks_customers | en
Customer=full ; Company=company ; Street Address=street ; City=city ; State=state ; Country=country ; Zip=zip
Phone=phone ; Email=email
Customer type=word ; Attachments=blank ; Open Balance=money

square_orders | en
Date=dayus ; Time=word ; Transaction ID=recid ; Customer Name=full ; Customer ID=recid ; Customer Email=email
Customer Phone=e164
Gross Sales=money ; Tip=money ; Staff Name=otherfull ; Location=event ; Card Brand=word ; PAN Suffix=count

shopify_orders | en
Name=code>- ; Email=email ; Financial Status=word ; Accepts Marketing=emailok ; Currency=currency ; Total=amount
Billing Name=full
Billing Street=street ; Billing Address1=street>- ; Billing City=city ; Billing Zip=zip ; Billing Province=state
Billing Country=cc
Billing Phone=digits ; Shipping Name=otherfull ; Shipping City=othercity ; Notes=note ; Id=longid

callhub_export | en
contact=digits>phone ; first name=first ; last name=last ; email=email ; call disposition=word
agent name=otherfull
talk time=count ; opted out=smsout>sms_opt_out|do_not_contact|email_opt_out ; city=city ; zip=zip

hustle_texting | es en
Lead First Name=first ; Lead Last Name=last ; Lead Phone=e164 ; Lead Email=email ; Agent First Name=otherfirst
Agent Last Name=otherlast
Agent Phone=otherphone ; Goal=event ; Last Message=note
Opted Out=truefalse>do_not_contact|sms_opt_out|email_opt_out ; Tags=tags

pta_roster | en
Child=otherfirst ; Child's Teacher=otherfull ; Mom First=first>-|first_name ; Mom Last=last>-|last_name
Mom Email=email>-|email
Mom Cell=dash>-|phone ; Address=fulladdr>full_address|address

hoa_owners | en
Owner Name=lastfirst ; Lot=smallid ; Property Address=streetunit ; Mailing Address=blank>-|address|full_address
City=city ; State=state ; Zip=zip9
Owner Phone=mixed ; Owner Email=email ; Dues Paid=yesno ; Balance=money

union_local | en es
Member No=smallid ; Surname=last ; Forename=first ; Initial=middle ; D.O.B.=dobus ; Tel (H)=phone2 ; Tel (M)=dash
E Mail=email ; Addr 1=street
Addr 2=unit ; Town=city ; State=state ; Zip=zip ; Shop Steward=otherfull ; Employer=company

alumni_office | en
ID Number=smallid ; Preferred Name=nick ; First Name=first ; Maiden Name=otherlast ; Last Name=last
Class Year=birthyear>- ; Degree=word
Home Address=fulladdr>full_address|address ; Preferred Email=email ; Cell Phone=phone ; Employer Name=company
Business Title=title
Spouse First Name=otherfirst ; Spouse Class Year=blank

petition_es | es
Nombres=first ; Apellido(s)=last ; Correo-e=email ; Núm. de teléfono=mixed ; Cód. Postal=zip ; Firma=blank
Acepto recibir mensajes de texto=smsok ; Fecha de firma=dayus

evento_es | es
NOMBRE Y APELLIDO=full ; E-MAIL=email ; TELÉFONO MÓVIL=dash ; DOMICILIO=streetunit ; LOCALIDAD=city ; C.P.=zip
ASISTIÓ=yesno

donantes_es | es
Donante=full ; Correo del donante=email ; Tel.=phone ; Importe=money ; Calle=street ; Población=city
Provincia=state ; País=country
No enviar correo=emailout ; Ocupación=title

association_fr | fr
Civilité=prefix ; Nom de famille=last ; Prénom usuel=first ; Mél=email>email|- ; Tél. mobile=dots
Tél. domicile=phone2 ; Rue=frstreet ; CP=frzip
Commune=frcity ; Né(e) le=dobeuslash ; Profession=title ; Employeur=company ; Cotisation=amount

parrainage_fr | fr ht
NOM=last ; PRENOM=first ; EMAIL=email ; TEL=mixed ; VILLE=city ; CODE POSTAL=zip ; PARRAIN=otherfull
EMAIL PARRAIN=otheremail
ACCEPTE SMS=ouinon>sms_consent

benevoles_fr | fr
Prénom et nom=full ; Numéro de téléphone=mixed ; Adresse courriel=email
Adresse postale=fulladdr>full_address|address ; Disponibilités=shift
Langue=lang

apoiadores_pt | pt
Primeiro nome=first ; Último nome=last ; Endereço de e-mail=email ; Número de telefone=mixed ; Bairro=county>-
Município=city ; UF=state ; Código postal=zip
Nascimento=dobeuslash ; Ocupação=title ; Data de cadastro=dayus

eventos_pt | pt
Participante=full ; E-mail do participante=email ; WhatsApp=digits ; Ingresso=ticket ; Valor pago=amount
Gênero=gender ; Organizador=otherfull

mitglieder_de | de
Mitgliedsnummer=smallid ; Titel=blank>-|prefix|title ; Familienname=last ; Vorname=first
Strasse und Hausnummer=destreet ; Postleitzahl=deplz
Wohnort=decity ; E-Mail=email ; Telefon privat=mixed ; Mobiltelefon=phone2 ; Geb.-Datum=dobeu
Eintrittsdatum=dobeu>- ; Beitrag=amount

anmeldung_de | de
Vor- und Nachname=full ; Email=email ; Rufnummer=digits ; Stadt=decity ; Arbeitgeber=company ; Beruf=title
Kommentar=note
Einwilligung E-Mail=janein ; Geschlecht=sex

lis_ht | ht
Non konplè=full ; Nimewo telefòn=mixed ; Imel=email ; Adrès lakay=streetunit ; Vil=city ; Kòd zip=zip ; Laj=age
Travay=title>title|-

pwojè_ht | ht en
Prenon=first ; Non fanmi=last ; Telefòn selilè=dash ; Adrès imèl=email ; Dat ou fèt=dobus ; Lang=lang ; Nòt=note

soci_it | it
Nome e cognome=full ; Indirizzo email=email ; Numero di cellulare=mixed ; Telefono fisso=phone2 ; Via=street
Comune=city ; Codice postale=zip
Sesso=sex ; Professione=title ; Quota=amount

iscritti_it | it
Cognome=last ; Nome=first ; E-mail=email ; Telefono=digits ; Nato il=dobeuslash
Consenso newsletter=sino>email_consent ; Iscritto dal=day

mixed_order_mess | en es
Timestamp=moment ; ZIP=zip ; E-mail=email ; Last Name=last ; Cell #=mixed ; First=first ; Notes=note2
Zip4=precinct

dutch_auction_house | en
Bidder #=smallid ; Bidder=lastfirst ; Mobile=dots ; Email=email ; Paddle=smallid ; Item Won=event
Winning Bid=money ; Address=streetunit ; City, ST ZIP=citystzip

canvass_walk_list | en
Voter File VANID=id ; Name=lastfirst ; Address=streetunit ; City=city ; State/Province=state ; Zip/Postal=zip
Age=age ; Sex=sex ; Phone=digits ; Canvassed By=otherfull
Date Canvassed=dayus ; Result=word

call_sheet | en
Prospect=full ; Ask=money ; Cell=phone ; Office=phone2 ; Email 1=email ; Email 2=email2 ; Asst=otherfull>-
Asst Email=otheremail ; Employer/Occupation=company>company|title|-
Spouse=otherfirst ; Last Gift=amount ; Giving Total=money

tailored_consent | en
Full Name=full ; E-mail=email ; Mobile No.=dash ; Do not email=emailout ; Do not text=smsout
Do not mail=mailout ; OK to mail?=mailok>mail_consent|-

units_and_breaks | en
Donor Name=full ; Donor Email=email ; Gift Amt (USD)=amount ; Gift Date (mm/dd/yyyy)=dayus ; Street Addr.=street
City=city ; St.=state ; Zip (5)=zip
Ph # (10 digits)=digits ; Fund=event

marketing_leads | en
Lead ID=uuid ; Company=company ; Contact=full ; Job Function=title ; Business Email=email ; Direct Dial=dash
Person LinkedIn URL=linkedin
Company LinkedIn URL=url ; Company Phone=otherphone ; Company City=othercity ; Industry=word ; Employees=count
Revenue=money
"""
