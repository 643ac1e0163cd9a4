"""Layouts kept apart: written with those of `layouts_more`, judged before anything was tuned.

Only layouts belong here. A layout may be corrected where it is itself wrong, never because the mapping fails on it.
"""

from __future__ import annotations

from contact_pipeline_tests.sources.list_file.corpus.layouts import Layout, read_layouts


def apart_layouts() -> list[Layout]:
    """The layouts nobody tunes the mapping on."""
    return read_layouts(TEXT)


TEXT = """
dynamics_contacts | en
(Do Not Modify) Contact=uuid ; Full Name=full ; Email=email ; Company Name=company ; Business Phone=phone
Mobile Phone=phone2 ; Address 1: Street 1=street ; Address 1: City=city ; Address 1: State/Province=state
Address 1: ZIP/Postal Code=zip ; Do not allow Emails=emailout ; Created On=moment ; Owner=otherfull>-

insightly | en
Record ID=id ; Salutation=prefix ; First Name=first ; Last Name=last ; Email Address=email ; Phone=phone
Mobile Phone=phone2 ; Mailing Street=street ; Mailing City=city ; Mailing State=state ; Mailing Postal Code=zip
Contact Tag List=tags ; Date of Birth=dob

sendgrid_contacts | en es
EMAIL=email ; FIRST_NAME=first ; LAST_NAME=last ; ADDRESS_LINE_1=street ; ADDRESS_LINE_2=unit ; CITY=city
STATE_PROVINCE_REGION=state ; POSTAL_CODE=zip ; COUNTRY=country ; PHONE_NUMBER=e164 ; CREATED_AT=momentz
CONTACT_ID=uuid

campaign_monitor | en
Email=email ; Name=full ; Date subscribed=day ; Status=subscribed>email_consent|- ; Mobile=digits
Consent to Track=yesno

getresponse | it
name=full ; email=email ; phone=mixed ; city=city ; zip=zip ; birthdate=dob ; gender=gender ; added on=moment ; ip=ip

kindful_export | en
Kindful ID=id ; First Name=first ; Last Name=last ; Company=company ; Primary Email=email ; Primary Phone=phone
Alt Phone=phone2 ; Address Line 1=street ; Address Line 2=unit ; City=city ; State=state ; Postal Code=zip
Country=cc ; Lifetime Giving=money ; Last Gift Date=dayus ; Email Opt-in=emailok ; Groups=tags

little_green_light | en
LGL Constituent ID=id ; Prefix=prefix ; First Name=first ; Middle Name=middle ; Last Name=last ; Suffix=suffix
Spouse First Name=otherfirst ; Spouse Last Name=otherlast ; Employer=company ; Job Title=title
Preferred Email=email ; Preferred Phone=dash ; Street=street ; City=city ; State=state ; Postal Code=zip

virtuous_contacts | en
Contact Id=id ; Contact Type=word ; Individual First Name=first ; Individual Last Name=last
Primary Address 1=street ; Primary City=city ; Primary State=state ; Primary Postal=zip ; Email 1=email
Email 2=email2 ; Phone 1=phone ; Phone 2=phone2 ; Tags=tags ; Life To Date Giving=amount

salsa_supporters | en es
supporter_KEY=id ; Title=prefix ; First_Name=first ; Last_Name=last ; Email=email ; Cell_Phone=digits ; Street=street
City=city ; State=state ; Zip=zip ; Receive_Email=emailok10 ; Date_Created=moment

scale_to_win | en
contact_first_name=first ; contact_last_name=last ; contact_phone=e164 ; contact_zip=zip ; caller_name=otherfull>-
call_result=word ; call_started_at=momentz ; notes=note

thrutext | en ht
First Name=first ; Last Name=last ; Phone=digits ; Custom 1=county>- ; Opted Out=smsout>sms_opt_out|do_not_contact
Sender=otherfull>- ; Last Message=note ; Sent At=moment

meetup_members | en
Name=full ; User ID=id ; Title=word>-|title ; Joined Group on=day ; Last visited group on=day ; Total RSVPs=count
Location=city>city|- ; Member Profile URL=url ; Email=email

humanitix | en
Order id=code ; Order date=moment ; Attendee first name=first ; Attendee last name=last ; Attendee email=email
Attendee mobile=mixed ; Ticket type=ticket ; Buyer name=otherfull>- ; Buyer email=otheremail>-
Opt in to marketing=emailok>email_consent|- ; Postcode=zip

gravity_forms | en
Entry ID=smallid ; Your Name (First)=first ; Your Name (Last)=last ; Your Email=email ; Your Phone=phone
Address (Street Address)=street ; Address (City)=city ; Address (State / Province)=statename
Address (ZIP / Postal Code)=zip ; I agree to receive emails=emailok ; Entry Date=moment ; User IP=ip ; Source Url=url

cognito_forms | en
Volunteer_Id=smallid ; Name_First=first ; Name_Last=last ; Email=email ; Phone=phone ; Address_Line1=street
Address_City=city ; Address_State=state ; Address_PostalCode=zip ; Entry_DateSubmitted=moment ; Entry_Status=word

tiktok_leads | es
Lead ID=longid ; Create time=moment ; Full name=full ; Phone number=e164 ; Email=email ; Campaign name=event
City=city ; Zip/post code=zip

yahoo_contacts | en
First=first ; Middle=middle ; Last=last ; Nickname=nick ; Email=email ; Category=word ; Home=phone2 ; Work=phone2
Mobile=dash ; Yahoo Phone=blank ; Alternate Email 1=email2 ; Home Address=street ; Home City=city
Home State=state ; Home ZIP=zip ; Home Country=country ; Birthday=dobus ; Title=title ; Company=company

icloud_vcard_table | en fr
Formatted Name=full ; Given Name=first ; Family Name=last ; Org=company ; Email HOME=email ; Email WORK=email2
Tel CELL=mixed ; Tel HOME=phone2 ; Adr HOME=fulladdr>full_address|address ; Bday=dob

servant_keeper | en
Individual ID=smallid ; Mailing Name=full ; First=first ; Last=last ; Pref. Name=nick ; Birth Date=dobus ; Sex=sex
Address 1=street ; City=city ; State=state ; ZIP Code=zip9 ; Home Phone=phone2 ; Cell Phone=dash
E-Mail Address=email ; Member Status=word

league_apps | en
Player First Name=first>first_name|- ; Player Last Name=last>last_name|- ; Player DOB=dobus>birth_date|-
Account Holder=otherfull>- ; Account Email=email>email|- ; Account Phone=dash>phone|- ; Program=event
Amount Paid=money

substack_subscribers | en
Email=email ; Name=full ; Type=word ; Start date=day ; Paid upgrade date=blank ; Cancel date=blank ; Country=country
Emails opened (6mo)=count ; Revenue=money

kickstarter_backers | en de
Backer Number=smallid ; Backer UID=id ; Backer Name=full ; Email=email ; Shipping Country=cc>country|-
Shipping Amount=money ; Reward Title=ticket>- ; Pledged At=moment ; Shipping Name=full>-|full_name
Shipping Address 1=street>address|- ; Shipping City=city>city|- ; Shipping State=state>state|-
Shipping Postal Code=zip>zip|- ; Shipping Phone Number=digits>phone|-

freshbooks_clients | en
Organization=company ; First Name=first ; Last Name=last ; Email=email ; Phone=phone ; Address Line 1=street
Address Line 2=unit ; City=city ; Province/State=state ; Country=country ; Postal Code=zip ; Notes=note

precinct_delegates | en
Pct=precinct ; Delegate=full>full_name|- ; Alternate=otherfull>-|full_name ; Street Addr=street ; Municipality=city
Zip=zip ; Ph. #=dash ; Email addr.=email ; Elected=yesno

food_bank_intake | en es
Date of visit=dayus ; Client first=first>first_name|- ; Client last=last>last_name|- ; DOB=dobus ; # in household=count
Phone no.=mixed ; Street address=street ; Apt/Unit=unit ; City, town=city ; Zip=zip ; Veteran?=yesno

apartment_association | en
Unit=unit ; Tenant=full ; Tenant cell=dash ; Tenant e-mail=email ; Landlord=otherfull>- ; Landlord phone=otherphone>-
Move-in=dayus ; Rent=money

garden_club | en
Mr/Mrs=prefix ; Name (Last, First)=lastfirst>full_name ; Street & No.=street ; City=city ; Zip=zip ; Ph=dash
Email (if any)=email ; Dues pd=yesno

socios_club_es | es
Núm. socio=smallid ; Apellidos y nombre=lastfirst>full_name ; Tel. casa=phone2 ; Tel. móvil=dash ; Mail=email
Calle y número=street ; Ciudad=city ; Estado=state ; C. Postal=zip ; F. nacimiento=dobeuslash ; Cuota al día=yesno

encuesta_es | es
Fecha y hora=moment ; ¿Cuál es tu nombre?=full>full_name|first_name ; ¿Cuál es tu correo?=email
¿Cuál es tu teléfono?=mixed ; ¿Dónde trabajas?=company>company|- ; ¿Cuál es tu código postal?=zip ; Opinión=note

votantes_es | es
Cédula=id ; Nombres=first ; Apellidos=last ; Género=gender ; Fecha de nacimiento=dob ; Dirección de residencia=street
Ciudad=city ; Departamento=statename>state|- ; Celular=digits ; Puesto de votación=event

sympathisants_fr | fr
Prénom=first ; NOM=last ; Courriel=email ; Mobile=dots ; Code postal=frzip ; Ville=frcity
Souhaite recevoir des SMS=ouinon>sms_consent ; Source=word ; Créé le=moment

clients_boutique_fr | fr
Réf. client=code ; Titre=prefix>prefix|- ; Nom=last ; Prénom=first ; Adresse 1=frstreet ; Adresse 2=blank
Code postal=frzip ; Ville=frcity ; Pays=country ; Tél.=dots ; Email=email ; Newsletter=ouinon ; Nb commandes=count

alunos_pt | pt
Matrícula=id ; Nome do aluno=full>full_name|- ; Nascimento=dobeuslash ; Responsável=otherfull>-
Tel. do responsável=otherphone>- ; E-mail=email ; Telefone=digits ; Endereço completo=fulladdr>full_address|address

eleitores_pt | pt
Título=longid>- ; Primeiro nome=first ; Último nome=last ; Data nasc.=dobeu ; Logradouro=street>address|-
Município=city
Estado=state ; CEP=zip ; Fone=mixed ; Correio eletrônico=email

teilnehmer_de | de
Zeitstempel=moment ; Vor- und Nachname=full ; E-Mail=email ; Mobilnummer=digits ; Ort=decity ; PLZ=deplz
Darf angeschrieben werden=janein>email_consent|- ; Bemerkung=note

kunden_de | de
Kundennr.=id ; Firma=company ; Ansprechpartner=full>full_name|- ; Straße=destreet ; PLZ=deplz ; Ort=decity
Telefonnummer=mixed ; Fax=fax ; E-Mail=email ; Umsatz=amount

manm_ht | ht
Prenon=first ; Siyati=last ; Nimewo telefòn selilè=mixed ; Adrès imèl=email ; Vil=city ; Eta=state ; Kòd zip=zip
Dat li te antre=day

elettori_it | it
Cognome e Nome=lastfirst>full_name ; Nato il=dobeuslash ; Residenza=street>address|- ; Città=city ; Provincia=state
C.A.P.=zip ; Recapito telefonico=mixed ; Posta elettronica=email ; Sezione=precinct

donatori_it | it
ID donatore=id ; Nome=first ; Cognome=last ; Telefono=mixed ; E-mail=email ; Via=street ; CAP=zip ; Città=city
Importo=amount ; Privacy accettata=yesno>-|email_consent ; Data donazione=day

spreadsheet_of_an_intern | en
NAME OF PERSON=full ; PHONE #=mixed ; EMAIL ADDY=email ; WHERE THEY LIVE=city>city|- ; ZIPCODE=zip ; VOLUNTEER?=yesno
COMMENTS/NOTES=note

phone_bank_results | en
Call #=smallid ; Contact=full>full_name|- ; Dialed=dash>phone|- ; Result=word ; New email given=email>email|-
Callback=day

two_people_a_row | en
Name 1=full>full_name|- ; Cell 1=dash ; Email 1=email ; Name 2=otherfull>- ; Cell 2=otherphone>phone|-
Email 2=otheremail>email|- ; Address=street ; City=city ; Zip=zip
"""
