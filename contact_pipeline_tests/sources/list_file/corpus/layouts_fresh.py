"""Layouts that nothing was ever tuned on: written before the failures of the held-out half were looked at.

Only layouts belong here. Once one of them has been looked at for its failures, it belongs to the other halves.
"""

from __future__ import annotations

from contact_pipeline_tests.sources.list_file.corpus.layouts import Layout, read_layouts


def fresh_layouts() -> list[Layout]:
    """The layouts nothing was tuned on."""
    return read_layouts(TEXT)


TEXT = """
neighbourhood_watch | en
House #=smallid ; Resident=full ; Street=street ; Phone 1=dash ; Phone 2=phone2 ; E-mail=email ; Pets=word
Block Captain=otherfull ; Captain Phone=otherphone

sports_league | en es
Player First=first ; Player Last=last ; Jersey=count ; Coach=otherfull ; Coach Email=otheremail ; Email=email
Cell=digits
DOB=dobus ; Paid?=yesno

neon_crm_like | en
Account ID=smallid ; First Name=first ; Last Name=last ; Email 1=email ; Email 2=email2
Phone 1 Full Number (F)=phone
Full Street Address (F)=street ; City=city ; State/Province=state ; Zip Code=zip
Account Current Membership Name=event
Email Opt-Out=emailout ; Do Not Contact=allout

classy_like | en
Supporter ID=id ; Supporter First Name=first ; Supporter Last Name=last ; Supporter Email=email
Supporter Phone=digits
Supporter Address=street ; Supporter City=city ; Supporter State=state ; Supporter Postal Code=zip
Gross Amount=amount
Dedication Recipient Email=otheremail ; Opt In=emailok

zoom_registrants | en pt
First Name=first ; Last Name=last ; Email=email ; Registration Time=moment ; Approval Status=word
Organization=company
Job Title=title ; Phone=mixed ; City=city ; State/Province=statename ; Zip/Postal Code=zip

telegram_signups | es
Marca temporal=moment ; Nombre y apellidos=full ; Correo electrónico=email ; Teléfono de contacto=digits
¿En qué ciudad vives?=city ; ¿Quién te invitó?=otherfull ; Código postal=zip

cooperative_es | es
N° de socio=smallid ; Nombres=first ; Apellido paterno=last ; Apellido materno=otherlast>- ; Celular=dash
Correo=email
Domicilio=streetunit ; Localidad=city ; Estado=state ; C.P.=zip ; Fecha de ingreso=dayus ; Cuota=money

club_fr | fr
N° adhérent=smallid ; Nom=last ; Prénom=first ; Date de naissance=dobeuslash ; Courriel=email
Téléphone portable=dots
Adresse=frstreet ; Code postal=frzip ; Ville=frcity ; Accepte la newsletter=ouinon ; Montant=amount

festival_pt | pt
Nome=full ; E-mail=email ; Celular=digits ; Data de nascimento=dobeuslash ; Sexo=sex ; Tipo de ingresso=ticket
Autoriza receber e-mails?=emailok>email_consent|-

verein_de | de
Mitglied Nr.=smallid ; Name=last ; Vorname=first ; Straße/Nr.=destreet ; PLZ=deplz ; Ort=decity ; Telefon=mixed
Mobil=phone2
E-Mail=email ; Geburtsdatum=dobeu ; Eintritt=dobeu>- ; Beitrag (€)=amount
Newsletter erwünscht=janein>email_consent|-

legliz_ht | ht
Siyati=last ; Non=first ; Sèks=sex ; Nimewo telefòn=mixed ; Imèl=email ; Adrès=streetunit ; Vil=city
Kòd postal=zip
Responsab=otherfull>-

palestra_it | it
Tessera=smallid ; Cognome e nome=full ; Cell.=digits ; Indirizzo e-mail=email ; Data nascita=dobeuslash
Indirizzo=street
CAP=zip ; Città=city ; Scadenza abbonamento=day

auction_donors | en
Business Name=company ; Contact Person=full ; Contact Email=email ; Contact Phone=phone ; Item Donated=event
Value=money
Solicitor=otherfull>- ; Solicitor Email=otheremail>- ; Street Address=street ; City=city ; State=state ; Zip=zip

real_estate_leads | en
Lead Name=full ; Lead Email=email ; Lead Phone=e164 ; Agent Name=otherfull ; Agent Email=otheremail
Property Address=fulladdr>-|address|full_address
Created=momentz ; Stage=word ; Opted out of texts=smsout

phone_tree | en ht
Caller=otherfull>- ; Caller phone=otherphone>- ; Name=lastfirst ; Home=phone2 ; Cell=dash ; Notes=note

mixed_consents | en
Name=full ; Email=email ; Mobile=digits ; Text OK=smsok ; Email OK=emailok
Unsubscribed=emailout>do_not_contact|email_opt_out
Bounced=yesno>-

school_district | en
Student ID=smallid ; Guardian First Name=first>-|first_name ; Guardian Last Name=last>-|last_name
Guardian Email=email>-|email
Guardian Cell=digits>-|phone ; Student Name=otherfull ; Grade=count ; Bus=precinct

event_raffle | en
Ticket #=smallid ; Winner=full ; Winner's Phone=mixed ; Winner's Email=email ; Prize=event ; Drawn on=dayus
"""
